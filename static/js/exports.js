// The form of an export: columns are put in order in place. Without this script each step is a request.

const form = document.querySelector("[data-export]");
if (form) {
  const list = form.querySelector("[data-order]");
  const field = form.elements.order;
  const rows = () => [...list.children];

  const settle = () => {
    const all = rows();
    all.forEach((row, i) => {
      row.querySelector('[name="up"]').disabled = i === 0;
      row.querySelector('[name="down"]').disabled = i === all.length - 1;
    });
    field.value = all.map((row) => row.dataset.column).join(",");
    form.querySelector("[data-chosen]").textContent = all.length;
  };

  const move = (button) => {
    const row = button.closest("li");
    const other = button.name === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    button.name === "up" ? other.before(row) : other.after(row);
    settle();
    const still = button.disabled ? row.querySelector(`[name="${button.name === "up" ? "down" : "up"}"]`) : button;
    still.focus();
  };

  const choose = (box) => {
    const row = rows().find((each) => each.dataset.column === box.value);
    if (!box.checked) row?.remove();
    else if (!row) {
      const pattern = form.querySelector("[data-column-row]").content.firstElementChild.cloneNode(true);
      const label = box.closest("label").textContent.trim();
      pattern.dataset.column = box.value;
      pattern.querySelector("span").textContent = label;
      for (const button of pattern.querySelectorAll("button")) {
        button.value = box.value;
        button.setAttribute("aria-label", `Move ${label} ${button.name}`);
      }
      list.append(pattern);
    }
    settle();
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest('[name="up"], [name="down"]');
    if (!button) return;
    event.preventDefault();
    move(button);
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "columns") choose(event.target);
  });
}
