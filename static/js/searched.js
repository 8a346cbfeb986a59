// "Searched before": the last lines of the search box, kept in this browser alone and shown below its help.

const most = 6;
const key = (section) => `searched ${section.dataset.path}`;

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

addEventListener("submit", (event) => {
  const line = event.target.querySelector?.(".search-input")?.value.trim();
  const section = document.querySelector(".searched");
  if (line && section) write(section, [line, ...read(section).filter((known) => known !== line)]);
}, true);

document.addEventListener("htmx:afterSettle", show);
addEventListener("DOMContentLoaded", show);
show();
