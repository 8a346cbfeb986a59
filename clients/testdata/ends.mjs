// Uses daybook.mjs as a program does, and ends in the way that is asked for. Prints the ids of what it sent.

delete globalThis.crypto; // Node 18 has none
const { Client } = await import("../daybook.mjs");

const [how, url, token] = process.argv.slice(2);
const options = { interval: 60_000, pause: 50, longestPause: 100, exitTimeout: 10_000, onError: () => {} };
const ways = { away: { exitTimeout: 300 }, "away meanwhile": { interval: 1, exitTimeout: 300 } };
const client = new Client(url, "acme", token, { ...options, ...ways[how] });

function send(n) {
  for (let i = 0; i < n; i++) console.log(client.send({ actor: { id: "user-1" }, action: "created", metadata: { n: i } }));
}

send(5);
if (how === "works on") setTimeout(() => send(5), 300);
if (how === "twice") process.once("beforeExit", () => setTimeout(() => send(5), 100));
if (how === "away meanwhile") setTimeout(() => {}, 300); // a request is under way by then
if (how.startsWith("away")) process.on("exit", () => console.log(JSON.stringify(client.stats())));
if (how === "SIGTERM") {
  process.once("SIGTERM", async () => { await client.close(); process.exit(0); });
  setInterval(() => {}, 1000); // it works, and works
  process.kill(process.pid, "SIGTERM");
}
if (how === "process.exit") {
  process.on("exit", () => console.log(JSON.stringify(client.stats())));
  process.exit();
}
if (how === "closes, then process.exit") {
  await client.close();
  process.exit();
}
