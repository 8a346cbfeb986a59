import { Client } from "./daybook.mjs";

const { DAYBOOK_URL, DAYBOOK_WORKSPACE, DAYBOOK_TOKEN } = process.env;
const activity = new Client(DAYBOOK_URL, DAYBOOK_WORKSPACE, DAYBOOK_TOKEN);
activity.send({
  actor: { id: "user-123", name: "Amara Okafor" },
  action: "created",
  resource: { type: "page", id: "7", name: "Start page" },
  project: { id: "42", name: "New Website" },
});
await activity.close();
console.log(activity.stats());
