// "Searched before": the last lines of the search box, kept in this browser alone, for each user, until they sign out; shown below its help.

const most = 6;
const kept = "searched ";
const key = (section) => `${kept}${section.dataset.user} ${section.dataset.path}`;

function read(section) {
  try {
    const lines = JSON.parse(localStorage.getItem(key(section)));
    return Array.isArray(lines) ? lines.filter((line) => typeof line === "string" && line !== "").slice(0, most) : [];
  } catch {
    return []; // no storage, or not ours
  }
}

function write(section, lines) {
  try {
    localStorage.setItem(key(section), JSON.stringify(lines.slice(0, most)));
  } catch { /* full, or forbidden */ }
}

// A line is text, whatever is in it: it is only ever set as text and as a parameter.
function item(section, line) {
  const link = document.createElement("a");
  link.className = "menu-item";
  link.href = `${section.dataset.path}?${new URLSearchParams({ q: line })}`;
  const code = document.createElement("code");
  code.textContent = line;
  link.append(code);
  return link;
}

function show() {
  const section = document.querySelector(".searched");
  if (!section || section.dataset.shown) return;
  section.dataset.shown = "yes";
  const lines = read(section);
  section.hidden = lines.length === 0;
  section.append(...lines.map((line) => item(section, line)));
  window.htmx?.process(section);
}

// Whoever has this browser next does not see them, nor does anybody else's stay.
function forget() {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(kept)) localStorage.removeItem(name);
  } catch { /* no storage */ }
}

addEventListener("submit", (event) => {
  if (event.target.matches("[data-sign-out]")) return forget();
  const line = event.target.querySelector?.(".search-input")?.value.trim();
  const section = document.querySelector(".searched");
  if (line && section) write(section, [line, ...read(section).filter((known) => known !== line)]);
}, true);

document.addEventListener("htmx:afterSettle", show);
addEventListener("DOMContentLoaded", show);
show();
