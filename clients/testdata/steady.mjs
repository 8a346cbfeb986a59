// Sends so many events to a workspace, whatever happens to the server, and prints their ids and then the statistics.

import { setTimeout as pause } from "node:timers/promises";
import { Client } from "../daybook.mjs";

const [url, workspace, token, events] = process.argv.slice(2);
const client = new Client(url, workspace, token, { interval: 50, pause: 50, longestPause: 500, timeout: 5000, onError: () => {} });
for (let i = 0; i < Number(events); i++) {
  console.log(client.send({ actor: { id: `javascript-${i % 7}` }, action: "created", metadata: { n: i } }));
  await pause(2);
}
await client.flush(120_000);
console.log(JSON.stringify(client.stats()));
