const { DAYBOOK_URL, DAYBOOK_WORKSPACE, DAYBOOK_TOKEN } = process.env;
const query = new URLSearchParams({ workspace_id: DAYBOOK_WORKSPACE, project_id: "42", limit: 5 });
const answer = await fetch(`${DAYBOOK_URL}/api/activities?${query}`, {
  headers: { Authorization: `Bearer ${DAYBOOK_TOKEN}` },
});
if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);

const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const { activities } = await answer.json();
console.log("<ul>");
for (const a of activities) {
  const when = `<time datetime="${a.created_at}">${a.created_at.slice(0, 10)}</time>`;
  console.log(`  <li><b>${escaped(a.display_name)}</b> ${escaped(a.description)} ${when}</li>`);
}
console.log("</ul>");
