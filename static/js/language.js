// Programs for developers stand in several languages, one at a time. Whoever chooses one for a program gets it for all of the page that have it, and on the
// next page. Without this each is chosen by itself. What no other group has is no language, and is not remembered.

const key = "language";
const groups = () => [...document.querySelectorAll(".programs")];

// Some browsers forbid to keep anything.
const kept = {
  get() {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(language) {
    try {
      localStorage.setItem(key, language);
    } catch {
      // then it holds for this page
    }
  },
};

function choose(language, among) {
  let found = 0;
  for (const group of among) {
    const input = [...group.querySelectorAll(":scope > input")].find((each) => each.value === language);
    if (!input) continue;
    input.checked = true;
    found++;
  }
  return found;
}

document.addEventListener("change", (event) => {
  const group = event.target.closest?.(".programs");
  if (!group || event.target.type !== "radio") return;
  const before = group.getBoundingClientRect().top;
  if (choose(event.target.value, groups().filter((each) => each !== group)) === 0) return;
  kept.set(event.target.value);
  scrollBy({ top: group.getBoundingClientRect().top - before, behavior: "instant" }); // programs above it may be longer now, or shorter
});

const last = kept.get();
if (last) choose(last, groups());
