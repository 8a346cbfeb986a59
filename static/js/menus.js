// Menus are details and work without this. With it they close by Escape or a click elsewhere, one is open at a time, long lists
// can be searched, and the filter sends no empty parameters, so that its address stays readable. Pages change under it, so it
// listens to the document and not to the parts.

const openMenus = () => document.querySelectorAll(".menu[open]");

addEventListener("click", (event) => {
  for (const menu of openMenus()) if (event.target.isConnected && !menu.contains(event.target)) menu.open = false;
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

addEventListener("input", (event) => {
  const find = event.target.closest?.(".menu-find");
  if (!find) return;
  const wanted = event.target.value.trim().toLowerCase();
  for (const option of find.parentElement.querySelectorAll(".check")) option.hidden = !option.textContent.toLowerCase().includes(wanted);
});

addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  const empty = new Set([...event.formData].filter(([, value]) => value === "").map(([name]) => name));
  for (const name of empty) {
    const kept = event.formData.getAll(name).filter((value) => value !== "");
    event.formData.delete(name);
    for (const value of kept) event.formData.append(name, value);
  }
});

// The navigation is a popover on narrow screens only
matchMedia("(min-width: 60.01rem)").addEventListener("change", (wide) => {
  const nav = document.getElementById("nav");
  if (wide.matches && nav?.matches(":popover-open")) nav.hidePopover();
});
