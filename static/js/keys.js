// Keys of the feed; the list of them is in views/feed.templ. The row one is at has the focus, so Tab goes on from there and a screen
// reader says it.

// Letters are in the way of whoever speaks to the machine, or types by accident: they can be switched off in this browser.
const isOff = () => {
  try { return localStorage.getItem("keys") === "off"; } catch { return false; }
};

document.addEventListener("toggle", (event) => {
  if (event.target.id === "keys") document.getElementById("keys-on").checked = !isOff();
}, true);

document.addEventListener("change", (event) => {
  if (event.target.id !== "keys-on") return;
  try { localStorage.setItem("keys", event.target.checked ? "on" : "off"); } catch { /* not kept, then */ }
});

const rows = () => [...document.querySelectorAll(".entry")].filter((row) => row.checkVisibility());
const here = () => document.querySelector(".entry.is-here");

function goTo(row) {
  if (!row) return;
  here()?.classList.remove("is-here");
  row.classList.add("is-here");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = rows();
  const at = all.indexOf(here());
  goTo(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))]);
}

function press(selector) {
  const found = document.querySelector(selector);
  if (!found) return false;
  found.click();
}

function open() {
  const row = here();
  if (!row || document.activeElement !== row) return false;
  const more = row.querySelector(":scope > .more");
  if (more) more.open = !more.open;
  else press(".entry.is-here > a.when");
}

function openMenu(selector) {
  const summary = document.querySelector(selector);
  if (!summary) return false;
  summary.focus();
  summary.click();
}

const actions = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => {
    const box = document.querySelector("[data-key='/']");
    box?.focus();
    box?.select?.();
  },
  "?": () => {
    const keys = document.getElementById("keys");
    if (!keys) return false;
    keys.togglePopover();
    if (keys.matches(":popover-open")) keys.querySelector(".btn").focus();
  },
  Enter: open,
  o: () => press(".entry.is-here > a.when"),
  f: () => openMenu(".filter-menu > summary"),
  p: () => openMenu(".tools [title='Period']"),
  n: () => press(".pager a[rel=next]"),
  b: () => press(".pager a[rel=prev]"),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key !== "Enter" && isOff()) return;
  if (event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  const action = Object.hasOwn(actions, event.key) && actions[event.key];
  if (action && action() !== false) event.preventDefault();
});
