// Printing a label: the preview follows what is typed and chosen; a PDF opens in a window of its own.

const form = document.querySelector("[data-label-print]");
const preview = document.querySelector("[data-preview]");
const AGAIN_MS = 2000; // a double click prints once, a jammed printer may print again
const PAUSE_MS = 400; // the preview waits until somebody stops typing

const target = () => form.elements.target.value;

function follow() {
  const size = form.elements.stock.selectedOptions[0];
  const most = Number(size.dataset.perPage);
  form.querySelector("[data-paper]").hidden = target() === "printer";
  form.querySelector("[data-start]").hidden = most === 1;
  form.elements.start.max = most;
  if (Number(form.elements.start.value) > most) form.elements.start.value = 1;
  form.target = target() === "paper" ? "_blank" : "";
  const asked = new URLSearchParams({ stock: size.value });
  for (const each of form.querySelectorAll("[data-shown]")) asked.set(each.name, each.value);
  const address = `${preview.dataset.preview}?${asked}`;
  if (preview.getAttribute("src") !== address) preview.src = address;
}

let pause = 0;
form.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(follow, PAUSE_MS);
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
