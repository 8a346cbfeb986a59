// The histogram above the feed is its date picker: drag over bars, or hold Shift with the arrow keys, and the feed shows what was chosen. Without
// this each bar is a link, and the period has a form. What is chosen is said in words: beside the bars, and to those who listen.

const barsOf = (plot) => [...plot.querySelectorAll("a")];
const plotOf = (event) => event.target.closest?.(".histo-plot");
const nameOf = (bar) => bar.querySelector("title").textContent.replace(/: [^:]*$/, "");
const barAt = (plot, x) => {
  const box = plot.getBoundingClientRect();
  const n = barsOf(plot).length;
  return Math.min(n - 1, Math.max(0, Math.floor(((x - box.left) / box.width) * n)));
};

// picked is what is being chosen: from where, up to where, and by which finger.
let picked = null;
let justDragged = false;

const chosen = () => barsOf(picked.plot).slice(Math.min(picked.from, picked.to), Math.max(picked.from, picked.to) + 1);

// numberIn reads a number of a bar's label: "Friday 24 October: 1,029 activities, 2 failed or denied".
const numberIn = (bars, pattern) => bars.reduce((sum, bar) => sum + Number(pattern.exec(bar.querySelector("title").textContent)?.[1].replace(/,/g, "") ?? 0), 0);

function words(bars) {
  const n = numberIn(bars, /: ([\d,]+) activit/), troubles = numberIn(bars, /, ([\d,]+) failed or denied/);
  const first = nameOf(bars[0]), last = nameOf(bars.at(-1));
  const count = n === 0 ? "no activities" : n === 1 ? "1 activity" : `${n.toLocaleString("en")} activities`;
  return `${first === last ? first : `${first} to ${last}`}: ${count}${troubles ? `, ${troubles.toLocaleString("en")} failed or denied` : ""}`;
}

const says = (plot, text) => { plot.parentElement.querySelector(".histo-says").textContent = text; };

function show(aloud) {
  const within = chosen();
  for (const bar of barsOf(picked.plot)) bar.classList.toggle("picked", within.includes(bar));
  says(picked.plot, words(within));
  if (aloud) document.getElementById("status").textContent = `${words(within)}. Enter shows them.`;
}

function letGo() {
  if (!picked) return;
  for (const bar of barsOf(picked.plot)) bar.classList.remove("picked");
  says(picked.plot, "");
  picked = null;
}

// open shows a range: where its first bar begins, up to where its last one ends.
function open(plot, bars) {
  const to = new URL(bars[0].getAttribute("href"), location.href);
  const end = new URL(bars.at(-1).getAttribute("href"), location.href).searchParams.get("end_date");
  if (bars.length > 1) to.searchParams.set("end_date", end);
  const path = to.pathname + to.search;
  if (!window.htmx) location.assign(path);
  else htmx.ajax("GET", path, { source: plot.parentElement, target: "#main", select: "#main", swap: "outerHTML show:window:top", push: path });
}

document.addEventListener("pointerdown", (event) => {
  const plot = plotOf(event);
  justDragged = false;
  if (!plot || event.button !== 0 || !event.isPrimary || event.ctrlKey || event.metaKey || event.shiftKey) return;
  letGo();
  const at = barAt(plot, event.clientX);
  picked = { plot, from: at, to: at, pointer: event.pointerId, x: event.clientX, dragged: false };
});

document.addEventListener("pointermove", (event) => {
  if (picked?.pointer !== event.pointerId) return;
  if (!picked.dragged && Math.abs(event.clientX - picked.x) < 5) return;
  if (!picked.dragged) picked.plot.setPointerCapture(event.pointerId);
  picked.dragged = true;
  picked.to = barAt(picked.plot, event.clientX);
  show(false);
});

document.addEventListener("pointerup", (event) => {
  if (picked?.pointer !== event.pointerId) return;
  const { plot, dragged } = picked;
  if (!dragged) return letGo(); // the click that follows opens the bar
  justDragged = true;
  picked.pointer = null;
  open(plot, chosen());
});

document.addEventListener("pointercancel", (event) => { if (picked?.pointer === event.pointerId) letGo(); });
document.addEventListener("dragstart", (event) => { if (plotOf(event)) event.preventDefault(); });

document.addEventListener("click", (event) => {
  const plot = plotOf(event);
  if (!plot) return;
  if (justDragged) {
    justDragged = false;
    event.preventDefault();
    return;
  }
  const bar = event.target.closest("a");
  if (!bar || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open(plot, [bar]);
});

// complete gives a bar its address, where the filter is so long that the page does not repeat it for each.
function complete(bar, feed) {
  const to = new URL(feed, location.href);
  to.searchParams.set("start_date", bar.dataset.start);
  to.searchParams.set("end_date", bar.dataset.end);
  bar.setAttribute("href", to.pathname + to.search);
}

// One stop for Tab; within, the arrow keys.
function prepare() {
  for (const plot of document.querySelectorAll(".histo-plot:not([data-keys])")) {
    plot.dataset.keys = "yes";
    const bars = barsOf(plot);
    if (plot.dataset.feed) bars.forEach((bar) => complete(bar, plot.dataset.feed));
    const at = bars.findLastIndex((bar) => bar.matches(".on"));
    bars.forEach((bar, i) => { bar.tabIndex = i === (at < 0 ? bars.length - 1 : at) ? 0 : -1; });
    plot.setAttribute("aria-label", `${plot.getAttribute("aria-label")}. Arrow keys move; with Shift they choose a range, which Enter shows.`);
  }
}

const steps = { ArrowLeft: (i) => i - 1, ArrowRight: (i) => i + 1, Home: () => 0, End: (i, n) => n - 1 };

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && picked) {
    if (picked.pointer != null) justDragged = true; // the button is still down, and its click is none
    letGo();
    event.preventDefault();
    return;
  }
  const plot = plotOf(event);
  if (!plot || event.ctrlKey || event.metaKey || event.altKey) return;
  const bars = barsOf(plot);
  const at = bars.indexOf(event.target.closest("a"));
  if (at < 0) return;
  if (event.key === "Enter" && picked) {
    event.preventDefault();
    open(plot, chosen());
  }
  if (!Object.hasOwn(steps, event.key)) return;
  event.preventDefault();
  const next = Math.min(bars.length - 1, Math.max(0, steps[event.key](at, bars.length)));
  const from = picked?.plot === plot ? picked.from : at;
  letGo();
  bars.forEach((bar, i) => { bar.tabIndex = i === next ? 0 : -1; });
  bars[next].focus();
  if (event.shiftKey) {
    picked = { plot, from, to: next, pointer: null };
    show(true);
  } else says(plot, words([bars[next]]));
});

document.addEventListener("focusin", (event) => {
  const plot = plotOf(event);
  if (plot && !picked && event.target.matches(":focus-visible")) says(plot, words([event.target]));
});

document.addEventListener("focusout", (event) => {
  const plot = plotOf(event);
  if (!plot || plot.contains(event.relatedTarget)) return;
  if (picked?.pointer == null) letGo();
  says(plot, "");
});

prepare();
document.addEventListener("htmx:afterSettle", prepare);
