// Copying. What carries data-copy is a link or a button that works, or says nothing, without this:
// "address" copies where a link leads, "answer" what is found there, "#id" the text of an element of the page.

const status = document.getElementById("status");

async function textOf(what, element) {
  if (what === "address") return element.href;
  if (what !== "answer") return document.querySelector(what).textContent;
  const answer = await fetch(element.href, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return JSON.stringify(await answer.json(), null, 2);
}

// Some browsers hand the clipboard only to a click that is still fresh, so the text may follow as a promise.
function copy(text) {
  if (window.ClipboardItem) return navigator.clipboard.write([new ClipboardItem({ "text/plain": text.then((t) => new Blob([t], { type: "text/plain" })) })]);
  return text.then((t) => navigator.clipboard.writeText(t));
}

function say(element, words) {
  status.textContent = words;
  element.dataset.copied = words;
  clearTimeout(element.timer);
  element.timer = setTimeout(() => {
    delete element.dataset.copied;
    status.textContent = "";
  }, 2000);
}

addEventListener("click", (event) => {
  const element = event.target.closest("[data-copy]");
  if (!element || event.ctrlKey || event.metaKey || event.shiftKey || !navigator.clipboard) return;
  event.preventDefault();
  copy(textOf(element.dataset.copy, element)).then(() => say(element, "Copied"), () => {
    if (element.href) location.assign(element.href);
    else say(element, "Could not copy");
  });
});
