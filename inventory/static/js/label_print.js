// Printing a label: the preview follows what is typed and chosen; a PDF opens in a window of its own.

const form = document.querySelector("[data-label-print]");
const preview = document.querySelector("[data-preview]");
const AGAIN_MS = 2000; // a double click prints once, a jammed printer may print again
const PAUSE_MS = 400; // the preview waits until somebody stops typing

const target = () => form.elements.target.value;

function follow(changed) { // a form that was refused stays as it was filled in until something is changed
  const size = form.elements.stock.selectedOptions[0];
  const start = form.elements.start;
  const most = Number(size.dataset.perPage);
  start.max = most;
  if (changed && Number(start.value) > most) start.value = 1;
  form.querySelector("[data-paper]").hidden = target() === "printer";
  form.querySelector("[data-start]").hidden = most === 1 && start.value === "1";
  form.target = target() === "paper" ? "_blank" : "";
  const asked = new URLSearchParams({ stock: size.value });
  for (const each of form.querySelectorAll("[data-shown]")) asked.set(each.name, each.value);
  const address = `${preview.dataset.preview}?${asked}`;
  if (preview.getAttribute("src") !== address) preview.src = address;
}

let pause = 0;
form.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(follow, PAUSE_MS, true);
});
form.addEventListener("change", follow);
form.addEventListener("submit", () => {
  if (target() !== "paper") return;
  setTimeout(() => {
    delete form.dataset.sent;
    form.elements.key.value = crypto.randomUUID?.() ?? "";
  }, AGAIN_MS);
});
follow();
