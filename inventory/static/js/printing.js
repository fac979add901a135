// Labels: the preview follows the size, a roll has no first free label, and one may print again.

import { listen } from "./wedge.js";

const form = document.querySelector("[data-print]");
const preview = document.querySelector("[data-preview]");

function follow() {
  const size = form.elements.stock.selectedOptions[0];
  preview.src = `${preview.dataset.preview}?stock=${encodeURIComponent(size.value)}`;
  const most = Number(size.dataset.perPage);
  form.elements.start.max = most;
  form.querySelector("[data-start]").hidden = most === 1;
}

const AGAIN_MS = 2000; // a double click prints once, a jammed printer may print again

if (form && preview) {
  form.elements.stock.addEventListener("change", () => {
    try { localStorage.setItem("kittrace-labels", form.elements.stock.value); } catch { /* no memory */ }
    follow();
    if (Number(form.elements.start.value) > Number(form.elements.start.max)) form.elements.start.value = 1;
  });
  form.addEventListener("submit", () => setTimeout(() => {
    delete form.dataset.sent;
    form.elements.key.value = crypto.randomUUID?.() ?? "";
  }, AGAIN_MS));
  let last = null;
  try { last = localStorage.getItem("kittrace-labels"); } catch { /* no memory */ }
  if ([...form.elements.stock.options].some((option) => option.value === last)) {
    form.elements.stock.value = last;
  }
  follow();
}

const scan = document.querySelector("[data-scan]");
if (scan) {
  listen(scan, (text) => location.assign(`${location.pathname}?${new URLSearchParams({ code: text })}`));
  const wrong = document.querySelector("[aria-invalid=true]");
  if (wrong) wrong.focus();
  else scan.select(); // the next scan replaces what stands there
}
