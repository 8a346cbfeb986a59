// What htmx leaves to us: the page says that it waits, where the focus goes, and when something did not work.

const main = () => document.getElementById("main");

// The whole page is changed by links and forms of the feed; parts of it by what is opened in it.
const isPage = (event) => event.detail.target?.id === "main";

function notice(place, text) {
  place.querySelector(".load-error")?.remove();
  const box = document.createElement("p");
  box.className = "load-error notice notice-danger";
  box.setAttribute("role", "alert");
  box.textContent = text;
  place.prepend(box);
}

function failed(event, text) {
  const { target, elt } = event.detail;
  if (isPage(event)) notice(document.querySelector(".filters")?.parentElement ?? main(), text);
  else notice(target ?? elt, text);
}

document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.detail.target?.removeAttribute("aria-busy"));

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo, shouldSwap } = event.detail;
  if (!shouldSwap) return;
  const answered = new URL(xhr.responseURL || location.href);
  // The session has ended, or the answer is no page of ours: the browser goes there itself
  if (answered.pathname === "/sign-in" || (isPage(event) && !xhr.responseText.includes('id="main"'))) {
    event.detail.shouldSwap = false;
    if (isPage(event)) location.assign(pathInfo.finalRequestPath ?? pathInfo.requestPath);
    else location.reload();
  }
});

const status = document.getElementById("status");

document.addEventListener("htmx:afterSettle", (event) => {
  if (!isPage(event)) return;
  status.textContent = document.getElementById("total")?.textContent ?? "";
  // Whoever pressed a link that is gone goes on at what it led to
  if (!document.activeElement || document.activeElement === document.body) document.getElementById("total")?.focus({ preventScroll: true });
});

const offline = "Daybook could not be reached. Nothing has changed; try again when the connection is back.";
document.addEventListener("htmx:sendError", (event) => failed(event, offline));
document.addEventListener("htmx:timeout", (event) => failed(event, "Daybook took too long to answer. Nothing has changed; try again."));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const id = xhr.getResponseHeader("X-Request-Id");
  if (xhr.status === 401) location.reload();
  else failed(event, `This did not work (${xhr.status}). Nothing has changed.${id ? ` The request was ${id}.` : ""}`);
});
