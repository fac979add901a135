// The expiry of a lot: the barcodes of a pack are kept until they are sent with the rest of the form.

import { listen } from "./wedge.js";

const list = document.getElementById("barcodes");
const blank = document.getElementById("barcode");

function add(text) {
  if ([...list.querySelectorAll("input")].some((each) => each.value === text)) return;
  const line = blank.content.cloneNode(true);
  line.querySelector(".kt-code").textContent = text;
  line.querySelector("input").value = text;
  list.append(line);
}

listen(document.getElementById("scan"), (...texts) => texts.forEach(add));
list.addEventListener("click", ({ target }) => target.closest("button")?.closest("li").remove());
