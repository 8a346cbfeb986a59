// Does what the test says, a line of JSON at a time, with daybook.mjs, and answers each line with one.

import { createInterface } from "node:readline";
import { Client } from "../daybook.mjs";

const problems = [];
let client, throwing = false, nesting = false;
const broken = { toJSON() { throw new Error("no text"); } };

function told(problem) {
  problems.push(problem);
  if (throwing && problems.length % 2 === 0) return Promise.reject(new Error("onError has a mistake, later"));
  if (throwing) throw new Error("onError has a mistake");
  if (nesting) {
    const more = problem.reason === "closed" ? { action: "a" } : { metadata: broken };
    client.send(more);
    client.send(more);
    client.flush();
  }
}

function named(options) {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key.replace(/_ms$/, "").replace(/_(.)/g, (_, c) => c.toUpperCase()), value === "nan" ? NaN : value ?? undefined]));
}

const commands = {
  new: ({ url, workspace, token, options }) => { client = new Client(url, workspace, token, { ...named(options), onError: told }); },
  send: ({ event }) => ({ ids: [client.send(event)] }),
  many: ({ n, event }) => {
    const began = performance.now();
    const ids = Array.from({ length: n }, (_, i) => client.send({ ...event, metadata: { n: i } }));
    return { ids, took_ms: performance.now() - began };
  },
  changed: ({ event }) => {
    event.metadata = { when: "sent" };
    const id = client.send(event);
    event.metadata.when = "afterwards";
    event.action = "deleted";
    return { ids: [id] };
  },
  odd: () => {
    const endless = {};
    endless.again = endless;
    return { ids: [client.send(null), client.send(["a"]), client.send({ metadata: broken }), client.send({ metadata: endless }), client.send("text")] };
  },
  halves: ({ event }) => ({ ids: [client.send({ ...event, metadata: { text: "a\ud83d|\\ud83d|\u{1f600}" } })] }),
  throw: () => { throwing = true; },
  nest: () => { nesting = true; },
  flush: async ({ ms }) => ({ done: await client.flush(ms) }),
  close: async ({ ms }) => ({ done: await client.close(ms) }),
  stats: () => ({ stats: client.stats() }),
  problems: () => ({ problems }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.do === "end") break;
  if (command.do === "exit") process.exit();
  console.log(JSON.stringify((await commands[command.do](command)) ?? {}));
}
process.stdin.destroy();
