// What a row of the feed opens to is fetched when it is opened, from beside where its link leads: the inside of one activity, or the
// activities of a run. Without this the link stands there.

async function load(more) {
  const link = more.querySelector("a");
  if (!link || !window.htmx || more.dataset.loaded) return;
  more.dataset.loaded = "yes";
  const run = more.matches(".more-run");
  const path = link.getAttribute("href");
  if (run) await htmx.ajax("GET", path.replace("?", "/run?"), { source: more, target: more.querySelector(".run-rows"), swap: "innerHTML", select: ".entries" });
  else await htmx.ajax("GET", `${path}/inside`, { source: more, target: link, swap: "outerHTML" });
}

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".more") && event.target.open) load(event.target);
}, true);

// What did not arrive is asked for again when the row is opened again
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, (event) => { if (event.detail.elt?.matches?.(".more")) delete event.detail.elt.dataset.loaded; });
}
