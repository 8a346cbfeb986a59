import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const { DAYBOOK_URL, DAYBOOK_WORKSPACE, DAYBOOK_TOKEN } = process.env;
const position = "position.txt"; // better: your database, together with what you do

const address = new URL(`${DAYBOOK_URL}/api/v1/workspaces/${DAYBOOK_WORKSPACE}/activity`);

function ask(after) {
  const query = new URLSearchParams({ after_id: after, limit: 200, wait: 4 });
  return fetch(`${address}?${query}`, {
    headers: { Authorization: `Bearer ${DAYBOOK_TOKEN}` },
    signal: AbortSignal.timeout(30_000),
  });
}

function keep(after) { // whole or not at all
  writeFileSync(`${position}.new`, after);
  renameSync(`${position}.new`, position);
}

let after = existsSync(position) ? readFileSync(position, "utf8") : "0"; // "0" is the beginning
for (;;) {
  let answer, rows;
  try {
    answer = await ask(after);
    if (answer.ok) rows = await answer.json();
  } catch {
    await sleep(1000); // no answer, or not the whole
    continue;
  }
  if (!answer.ok) {
    const restart = /after_id=([0-9a-f-]+)/.exec(answer.headers.get("Link"));
    if (answer.status === 410 && restart) {
      after = restart[1]; // purged meanwhile; go on with what is kept
      console.log("some activities were purged");
    } else if ([409, 429].includes(answer.status) || answer.status >= 500) {
      await sleep(1000);
    } else {
      throw new Error(`${answer.status}: ${await answer.text()}`);
    }
    continue;
  }
  for (const row of rows) {
    console.log(row.seq, row.actor.name, row.description); // what you do
    after = row.id;
    keep(after);
  }
  if (rows.length === 0) await sleep(500); // a busy server answers without waiting
}
