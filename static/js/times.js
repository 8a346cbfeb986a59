// Times of today are relative ("2 min"); this keeps them true while the page stays open. The words are those of views/component/time.go.

function since(then) {
  const minutes = Math.floor((Date.now() - then) / 60000);
  if (minutes < 1) return "now";
  return minutes < 60 ? `${minutes}\u00a0min` : `${Math.floor(minutes / 60)}\u00a0h`;
}

function refresh() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const then = Date.parse(time.dateTime);
    // A page of yesterday keeps what the server said: only a reload can sort it into days again
    if (Date.now() - then < 24 * 3600000) time.textContent = since(then);
  }
}

setInterval(refresh, 30000);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
