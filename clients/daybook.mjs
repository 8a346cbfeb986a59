/**
 * Sends what happens in an application to Daybook, and never gets in the application's way.
 *
 *     import { Client } from "./daybook.mjs";
 *
 *     const activity = new Client("https://daybook.example.com", "acme", token);
 *     activity.send({ actor: { id: "user-123", name: "Amara Okafor" }, action: "created",
 *                     resource: { type: "project", id: "42", name: "New Website" } });
 *
 * One file, Node 18 or newer and browsers, nothing to install: copy it to where your code is. send() only puts the event into a queue,
 * which is sent from time to time, again and again until it is acknowledged. It never throws, waits for the network, or grows without
 * bound: what cannot be kept is dropped, counted in stats(), and told to onError. Before Node ends by itself, and when a page is left,
 * what is left is sent; process.exit() and an error that nobody catches leave no time, nor does SIGTERM, which says nothing, unless a
 * worker handles it:
 *
 *     process.once("SIGTERM", async () => { await activity.close(); process.exit(0); });
 *
 * An event is an object as in the documentation of sending. Its id and occurred_at are set when send() is called, so that sending it
 * twice over the network is harmless.
 *
 * A page has no secrets. In a browser let `endpoint` be an address of your own server, which passes the request on with the token.
 */

const MAX_EVENT = 64 << 10; // bytes of an event that the server takes
const MAX_BATCH = 1000; // events of a request that the server takes
const MAX_BATCH_BYTES = 8 << 20;
const LEAVING_BYTES = 60 << 10; // browsers send no more than 64 KiB of a page that is left
const MAX_ANSWER = 1 << 20; // bytes of an answer that are read
const LONGEST_REQUESTED = 300_000; // milliseconds that a server may make us wait by Retry-After
const LONGEST_TIMER = 2 ** 31 - 1; // milliseconds; a longer one would fire at once

/** Why an event was dropped. */
export const REASONS = Object.freeze(["invalid", "too_large", "queue_full", "refused", "closed", "unsent"]);

const node = typeof process !== "undefined" && process.versions?.node !== undefined;
const random = globalThis.crypto ?? (await import(/* webpackIgnore: true */ /* @vite-ignore */ "node:crypto")).webcrypto; // Node 18 has it there alone
const encoder = new TextEncoder();

/** Clients with something in their queue. */
const busy = new Set();
let watching = false;
let leaving = false; // the page is hidden, or left

const DEFAULTS = {
  queueSize: 10_000, queueBytes: 64 << 20, batchSize: 500, batchBytes: 1 << 20, interval: 1000, timeout: 30_000, pause: 1000, longestPause: 60_000,
  exitTimeout: 5000,
};

/** Sends to one workspace. Make one for the whole program. */
export class Client {
  #address;
  #token;
  #options;
  #closed = false;
  #queue = []; // of {number, id, text, size, taken}; nothing leaves it before it is settled
  #bytes = 0; // of the queue
  #number = 0; // of the last event taken
  #flushTo = 0; // events up to this number are in a hurry
  #gaveUp = 0; // up to this number the end of the process was held up in vain
  #limit; // events of the next request; less while something is refused
  #batchBytes;
  #failures = 0; // since something was acknowledged
  #tried = 0;
  #notBefore = 0;
  #toldToWait = false;
  #toldFull = false;
  #toldClosed = false;
  #toldInVain = ""; // the last problem of something that is flushed
  #telling = false; // onError is being called
  #request = null; // under way
  #outlives = false; // the request under way goes on when the page is left
  #timer = null;
  #waiters = new Set(); // those who flush
  #sent = 0;
  #duplicates = 0;
  #dropped = Object.fromEntries(REASONS.map((reason) => [reason, 0]));

  /**
   * Times are in milliseconds. queueSize, queueBytes: how much may wait; beyond it the newest is dropped. batchSize (at most 1000),
   * batchBytes: how much goes in one request. interval: how long an event waits for others. timeout: of a request. pause: after the
   * first failure, it doubles with each further one up to longestPause. exitTimeout: how long Node's end may be held up, not counted a
   * connection that is being made, which holds it up until fetch gives it up after ten seconds, or timeout is over. onError: called
   * with {reason, message, count, event, status}; without it problems are warnings of the console. endpoint: the address that events
   * are posted to, in place of the one made of url and workspace. A number that is none, or not above 0, is the default; exitTimeout
   * may be 0.
   */
  constructor(url, workspace, token, options = {}) {
    const given = options ?? {};
    this.#options = { onError: typeof given.onError === "function" ? given.onError : warn };
    for (const [name, value] of Object.entries(DEFAULTS)) this.#options[name] = above0(given[name], value);
    if (given.exitTimeout === 0) this.#options.exitTimeout = 0;
    this.#address = given.endpoint ?? `${String(url).replace(/\/+$/, "")}/api/v1/workspaces/${encodeURIComponent(workspace)}/activity`;
    this.#token = String(token ?? "").trim();
    this.#limit = this.#options.batchSize = Math.max(1, Math.min(Math.floor(this.#options.batchSize), MAX_BATCH));
    this.#batchBytes = Math.max(1, Math.min(this.#options.batchBytes, MAX_BATCH_BYTES));
  }

  /** Takes an event. Gives its id, or null when it was dropped. Does not throw. */
  send(event) {
    try {
      return this.#take(event);
    } catch (error) { // of values that JSON does not have
      this.#drop({ reason: "invalid", message: `an event cannot be written as JSON: ${error}` });
      return null;
    }
  }

  /** Sends what was taken so far without waiting for more. Gives true when all of it is settled, false when time ran out. */
  async flush(timeout = 5000) {
    const number = this.#number;
    this.#flushTo = Math.max(this.#flushTo, number);
    this.#schedule();
    if (this.#settled(number)) return true;
    return new Promise((resolve) => {
      const waiter = { number, done: (settled) => { clearTimeout(waiter.timer); this.#waiters.delete(waiter); resolve(settled); } };
      waiter.timer = setTimeout(() => waiter.done(this.#settled(number)), Math.min(timeout, LONGEST_TIMER));
      this.#waiters.add(waiter);
    });
  }

  /** Sends what is left, and ends. What is still queued when time runs out is dropped as unsent. Gives true when nothing was. */
  async close(timeout = 5000) {
    this.#closed = true;
    await this.flush(timeout);
    return this.#abandon("time ran out with events that are not acknowledged");
  }

  /**
   * Counts of events: queued, sent (acknowledged as new), duplicates (acknowledged as known) and dropped, by reason. Their sum is how
   * often send() was called.
   */
  stats() {
    return { queued: this.#queue.length, sent: this.#sent, duplicates: this.#duplicates, dropped: { ...this.#dropped } };
  }

  // Taking

  #take(given) {
    if (typeof given !== "object" || given === null || Array.isArray(given)) throw new TypeError("an event is an object");
    const event = { ...given };
    event.id ||= newID();
    if (!event.occurred_at && !event.timestamp && !event.created_at) event.occurred_at = new Date();
    const id = String(event.id), text = written(event), size = encoder.encode(text).length;
    if (size > MAX_EVENT) {
      this.#drop({ reason: "too_large", message: `an event has ${size} bytes; at most ${MAX_EVENT} are accepted`, event: id });
      return null;
    }
    if (this.#closed) {
      const told = this.#toldClosed;
      this.#toldClosed = true;
      this.#drop({ reason: "closed", message: "the client is closed", event: id }, told);
      return null;
    }
    if (this.#queue.length >= this.#options.queueSize || this.#bytes + size > this.#options.queueBytes) {
      const told = this.#toldFull; // once, until something is acknowledged
      this.#toldFull = true;
      this.#drop({ reason: "queue_full", message: "the queue is full: events are dropped until there is room", event: id }, told);
      return null;
    }
    this.#queue.push({ number: ++this.#number, id, text, size, taken: now() });
    this.#bytes += size;
    busy.add(this);
    Client.#watch();
    if (this.#queue.length === 1 || this.#fullBatch()) this.#schedule();
    return id;
  }

  #drop(problem, silently = false) {
    this.#dropped[problem.reason] += problem.count ?? 1;
    if (!silently) this.#tell(problem);
  }

  /** What onError itself brings about is counted, and not told again. Its mistakes must not end the sending, nor Node, nor reach whoever called send(). */
  #tell(problem) {
    if (this.#telling) return;
    this.#telling = true;
    try {
      this.#options.onError({ count: 1, event: null, status: null, ...problem })?.then?.(undefined, () => {}); // it may be async
    } catch {
      // See above.
    } finally {
      this.#telling = false;
    }
  }

  // Sending

  /** Sees to it that the next request goes when it is due. Waiting alone does not keep Node from ending: then what is left is sent. */
  #schedule() {
    clearTimeout(this.#timer);
    if (this.#request || this.#queue.length === 0) return;
    const wait = this.#due() - now();
    this.#timer = setTimeout(() => this.#attempt(), Math.max(0, wait));
    this.#timer.unref?.();
  }

  #due() {
    const first = this.#queue[0], hurry = this.#inHurry();
    const pause = hurry && !this.#toldToWait ? Math.min(this.#notBefore, this.#tried + this.#options.pause) : this.#notBefore;
    return Math.max(first.taken + (hurry || this.#fullBatch() ? 0 : this.#options.interval), pause);
  }

  #inHurry() {
    return this.#queue[0].number <= this.#flushTo;
  }

  #fullBatch() {
    return this.#queue.length >= this.#limit || this.#bytes >= this.#batchBytes;
  }

  #batch() {
    const most = leaving ? Math.min(this.#batchBytes, LEAVING_BYTES) : this.#batchBytes;
    let size = 2, count = 0;
    for (const queued of this.#queue) {
      size += queued.size + 1;
      if (count > 0 && (size > most || count >= this.#limit)) break;
      count++;
    }
    return this.#queue.slice(0, count);
  }

  async #attempt() {
    if (this.#request || this.#queue.length === 0) return;
    const batch = this.#batch(), request = new AbortController();
    this.#request = request;
    this.#outlives = leaving && sizeOf(batch) + batch.length + 1 <= LEAVING_BYTES; // browsers refuse to keep a larger one
    let answer;
    try {
      answer = await this.#post(batch, request);
    } catch (error) {
      answer = new Answer(null, `no answer: ${reasonOf(error)}`);
    }
    if (this.#request !== request) return; // the client was closed, or the page left
    this.#request = null;
    this.#tried = now();
    let problems;
    try {
      problems = this.#settle(batch, answer);
    } catch (error) { // nothing that a server answers may end the sending, nor Node
      problems = this.#retry(batch.length, new Answer(null, `no answer: ${error.name}`));
    }
    this.#settleWaiters();
    this.#schedule();
    problems.forEach((problem) => this.#tell(problem));
  }

  async #post(batch, request) {
    const headers = { "content-type": "application/json", accept: "application/json" };
    if (node) headers["user-agent"] = "daybook-js/1";
    if (/^[!-~]+$/.test(this.#token)) headers.authorization = `Bearer ${this.#token}`; // another one is none, and must not stand in an error message
    const timer = setTimeout(() => request.abort(new Error("the request took too long")), this.#options.timeout);
    timer.unref?.();
    try {
      const response = await fetch(this.#address, {
        method: "POST", headers, body: `[${batch.map((queued) => queued.text).join(",")}]`, signal: request.signal, cache: "no-store",
        redirect: "manual", // a POST that is redirected arrives as a GET, and a token elsewhere
        credentials: this.#token ? "omit" : "same-origin", keepalive: this.#outlives,
      });
      return new Answer(response.status, await beginningOf(response), response.headers.get("retry-after"));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Does what the answer says, and gives the problems to tell of. */
  #settle(batch, answer) {
    const accepted = answer.acknowledged(batch.length);
    if (accepted !== null) {
      this.#sent += accepted;
      this.#duplicates += batch.length - accepted;
      this.#limit = Math.min(this.#options.batchSize, this.#limit * 2);
      this.#failures = this.#notBefore = 0;
      this.#toldFull = false;
      this.#remove(batch);
      return [];
    }
    const wrong = answer.wrong(batch.length);
    if (wrong.size === 0 && answer.refuses()) {
      if (batch.length === 1) wrong.set(0, answer.message);
      else if (answer.status === 413) this.#batchBytes = sizeOf(batch) >> 1; // of something between, which takes less than the server
    } else if (wrong.size === 0) {
      return this.#retry(batch.length, answer);
    }
    this.#limit = Math.max(1, batch.length >> 1); // what is wrong must not take the rest with it, or be sent along many times
    this.#failures = this.#notBefore = 0;
    this.#remove([...wrong.keys()].map((index) => batch[index]));
    this.#dropped.refused += wrong.size;
    return [...wrong].map(([index, message]) => ({ reason: "refused", message, event: batch[index].id, status: answer.status }));
  }

  #remove(gone) {
    const settled = new Set(gone);
    this.#queue = this.#queue.filter((queued) => !settled.has(queued));
    this.#bytes -= sizeOf(gone);
    if (this.#queue.length === 0) busy.delete(this);
  }

  /** Pauses, and tells so; of what is flushed in vain, once for each text. */
  #retry(count, answer) {
    this.#failures++;
    let pause = Math.min(this.#options.longestPause, this.#options.pause * 2 ** Math.min(this.#failures - 1, 30));
    if (answer.needsSomebody()) pause = this.#options.longestPause;
    pause *= 0.5 + Math.random() / 2;
    this.#toldToWait = answer.retryAfter !== null;
    if (this.#toldToWait) pause = Math.max(pause, answer.retryAfter);
    this.#notBefore = this.#tried + pause;
    if (this.#inHurry()) {
      const about = `${this.#flushTo} ${answer.message}`;
      if (about === this.#toldInVain) return [];
      this.#toldInVain = about;
    }
    const wait = ((this.#due() - this.#tried) / 1000).toFixed(1);
    return [{ reason: "retrying", message: `${answer.message.replace(/\.$/, "")}; the next attempt is in ${wait} s`, count, status: answer.status }];
  }

  #settled(number) {
    return this.#queue.length === 0 || this.#queue[0].number > number;
  }

  #settleWaiters() {
    for (const waiter of this.#waiters) if (this.#settled(waiter.number)) waiter.done(true);
  }

  // Ending

  /** Drops what is left. Gives true when that was nothing. */
  #abandon(message) {
    const left = this.#queue.length, request = this.#request;
    this.#request = null;
    request?.abort();
    clearTimeout(this.#timer);
    this.#remove(this.#queue);
    this.#settleWaiters();
    if (left > 0) this.#drop({ reason: "unsent", message: `${message}: ${left}`, count: left });
    return left === 0;
  }

  static #watch() {
    if (watching) return;
    watching = true;
    if (node) {
      process.on("beforeExit", Client.#beforeExit);
      process.on("exit", Client.#exit);
      import(/* webpackIgnore: true */ /* @vite-ignore */ "node:diagnostics_channel").then((channels) => channels.subscribe("undici:client:sendHeaders", Client.#sending), () => {});
    } else if (typeof document !== "undefined") {
      addEventListener("pagehide", Client.#leave);
      addEventListener("pageshow", Client.#return);
      document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? Client.#leave() : Client.#return()));
    }
  }

  /** fetch keeps Node from ending until it is answered. Ours does not: so beforeExit comes, and exitTimeout bounds it. Other requests may get the connection. */
  static #sending({ headers, socket }) {
    if (String(headers).includes("daybook-js/1")) socket?.unref?.();
    else socket?.ref?.();
  }

  /** Node has nothing else to do. What cannot be sent now holds its end up once. */
  static #beforeExit() {
    for (const client of [...busy]) {
      if (client.#gaveUp >= client.#number) continue;
      client.#gaveUp = client.#number;
      client.flush(client.#options.exitTimeout).then((settled) => settled || client.#request?.abort(new Error("the program is ending")));
    }
  }

  /** Node ends, by itself or by process.exit(), which leaves no time to send. */
  static #exit() {
    for (const client of [...busy]) client.#abandon("the process ended with events that are not acknowledged");
  }

  /** The page may not come back: what fits goes at once, in a request that outlives it. One that is under way would not. */
  static #leave() {
    leaving = true;
    for (const client of [...busy]) {
      if (client.#request && client.#outlives) continue;
      const request = client.#request;
      client.#request = null;
      request?.abort();
      clearTimeout(client.#timer);
      client.#attempt();
    }
  }

  static #return() {
    leaving = false;
  }
}

/** An answer of the server, or that there was none. */
class Answer {
  #body = {};

  constructor(status, text, retryAfter) {
    this.status = status;
    this.retryAfter = null;
    this.message = text;
    if (status === null) return;
    this.retryAfter = milliseconds(retryAfter);
    try {
      const parsed = JSON.parse(text);
      if (typeof parsed === "object" && parsed !== null) this.#body = parsed;
    } catch {
      // It is not Daybook's.
    }
    const { detail } = this.#body;
    this.message = typeof detail === "string" && detail !== "" ? detail : `the answer is ${status} and not one of Daybook`;
  }

  /** How many events were new, of an answer that acknowledges so many; else null. Any proxy may answer 200. */
  acknowledged(count) {
    const { accepted, duplicates } = this.#body;
    return (this.status === 200 || this.status === 201) && isCount(accepted) && isCount(duplicates) && accepted + duplicates === count ? accepted : null;
  }

  /** Whether it is a problem as Daybook tells of one. What stands between answers errors, too, which say nothing of the events. */
  #isDaybooks() {
    const { detail, status, errors } = this.#body;
    return detail === this.message && status === this.status && Array.isArray(errors) && errors.every(isError);
  }

  /** Whether so many events are not taken, or one of them, whichever it is. */
  refuses() {
    return this.status === 413 || (this.status === 400 || this.status === 422) && this.#isDaybooks();
  }

  /** What is wrong with which events of the batch. */
  wrong(count) {
    const found = new Map();
    if (this.status === null || this.status < 400 || this.status >= 500 || !this.#isDaybooks()) return found;
    for (const { index, field, message } of this.#body.errors) {
      if (isCount(index) && index < count && !found.has(index)) found.set(index, `${field ?? ""}: ${message ?? ""}`);
    }
    return found;
  }

  /** Whether waiting alone mends nothing: a token, an address, a workspace that is archived. Browsers show a redirect as 0. */
  needsSomebody() {
    return this.status !== null && (this.status === 0 || this.status >= 300 && this.status < 500) && ![408, 425, 429].includes(this.status);
  }
}

function isCount(value) {
  return Number.isInteger(value) && value >= 0;
}

function isError(value) {
  if (typeof value !== "object" || value === null) return false;
  return Number.isInteger(value.index ?? 0) && typeof (value.field ?? "") === "string" && typeof (value.message ?? "") === "string";
}

function warn(problem) {
  console.warn(`daybook: ${problem.reason}: ${problem.message}${problem.event ? ` (event ${problem.event})` : ""}`);
}

function now() {
  return performance.now();
}

function above0(value, fallback) {
  return typeof value === "number" && value > 0 ? Math.min(value, LONGEST_TIMER) : fallback;
}

/** The text of an answer, or as much of one as Daybook's may have. */
async function beginningOf(response) {
  if (!response.body) return "";
  const reader = response.body.getReader(), decoder = new TextDecoder();
  let text = "";
  for (let size = 0; size <= MAX_ANSWER;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    text += decoder.decode(value, { stream: true });
  }
  reader.cancel().catch(() => {});
  return text;
}

function sizeOf(batch) {
  return batch.reduce((sum, queued) => sum + queued.size, 0);
}

function reasonOf(error) {
  if (error instanceof TypeError && !error.cause) return error.name; // its text may hold the address, with a password
  const cause = error?.cause ?? error;
  if (cause?.code === "ERR_INVALID_URL") return "the address of Daybook is none";
  return String(cause?.code ?? cause?.message ?? cause);
}

/** Reads Retry-After: a number of seconds, or a date. */
function milliseconds(text) {
  if (!text) return null;
  const wait = /^\s*\d+\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), LONGEST_REQUESTED);
}

/** JSON without halves of surrogate pairs, which are no text; large integers as strings. */
function written(event) {
  const text = JSON.stringify(event, (_, value) => (typeof value === "bigint" ? String(value) : value));
  return text.replace(/\\(\\|ud[89a-f][0-9a-f]{2})/g, (escaped, what) => (what === "\\" ? escaped : "\ufffd"));
}

/** A UUID of version 7, RFC 9562: the time in milliseconds, and random bits. */
function newID() {
  const bytes = random.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let at = 5; at >= 0; at--, time = Math.floor(time / 256)) bytes[at] = time % 256;
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
