// Keys of the feed: j and k move, Enter opens what is inside, / goes to the filter.
// The row one is at has the focus, so Tab goes on from there and a screen reader says it.

const rows = () => [...document.querySelectorAll(".entry")];
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

const actions = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => document.querySelector("[data-key='/']")?.focus(),
  Enter: () => {
    const row = here();
    const more = document.activeElement === row && row?.querySelector(".more");
    if (!more) return false;
    more.open = !more.open;
  },
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) return;
  const action = actions[event.key];
  if (action && action() !== false) event.preventDefault();
});
