// Menus are details and work without this. With it they close by Escape or a click elsewhere, one is open at a time, long ones
// can be searched, and the filter sends no empty parameters, so that its address stays readable.

const openMenus = () => document.querySelectorAll(".menu[open]");

addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

for (const find of document.querySelectorAll(".menu-find")) {
  find.hidden = false;
  const options = find.parentElement.querySelectorAll(".check");
  const input = find.querySelector("input");
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const option of options) option.hidden = !option.textContent.toLowerCase().includes(wanted);
  });
  // Enter in the box would send the form before anything is chosen
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (value !== "") continue;
      const kept = event.formData.getAll(name).filter((v) => v !== "");
      event.formData.delete(name);
      for (const v of kept) event.formData.append(name, v);
    }
  });
}
