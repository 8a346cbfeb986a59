// Uses daybook.mjs as a page does, which is hidden, comes back, and is left. Prints for each request its bytes, whether it outlives the page, and whose cookies go along.

const { stdout } = process, [url, token] = process.argv.slice(2);
const page = new EventTarget();
globalThis.document = page;
globalThis.addEventListener = page.addEventListener.bind(page);
globalThis.process = undefined;
const { Client } = await import("../daybook.mjs");

const ask = globalThis.fetch;
globalThis.fetch = (address, request) => {
  stdout.write(`${new TextEncoder().encode(request.body).length}:${request.keepalive}:${request.credentials}\n`);
  return client ? ask(address, request) : new Response(`{"accepted": 1, "duplicates": 0}`, { status: 201 });
};

function becomes(state) {
  document.visibilityState = state;
  page.dispatchEvent(new Event("visibilitychange"));
}

let client;
const own = new Client(null, null, null, { endpoint: `${url}/activity` });
own.send({ action: "created" });
await own.flush();
client = new Client(url, "acme", token, { interval: 60_000, onError: (problem) => stdout.write(`${problem.message}\n`) });
const send = (length) => client.send({ actor: { id: "user-1" }, action: "created", metadata: { text: "x".repeat(length) } });

send(10);
becomes("hidden"); // outlives it
await client.flush();
becomes("visible"); // with nothing in the queue
send(20);
await client.flush();
send(62_000); // more than browsers keep
becomes("hidden");
await client.flush();
becomes("visible");
for (let i = 0; i < 5; i++) send(25_000); // at most two at a time
becomes("hidden");
await client.flush();
becomes("visible");
send(30);
becomes("hidden");
page.dispatchEvent(new Event("pagehide")); // the request is on its way already
await client.flush();
