// A new item, or a further barcode of one: each barcode that is scanned fills a packaging level.

import { ask, isDone, notice, reasons, trouble } from "./asking.js";
import { listen } from "./wedge.js";

const form = document.getElementById("item-form");
const levels = document.getElementById("levels");
const blank = levels.lastElementChild.cloneNode(true);
const MOST = 8;

const input = (level, name) => level.querySelector(`[name$="-${name}"]`);
const all = () => [...levels.children];

function addLevel() {
  if (all().length >= MOST) return null;
  const level = blank.cloneNode(true);
  const at = all().length;
  for (const each of level.querySelectorAll("[name], [for], [id], [aria-describedby]")) {
    for (const name of ["name", "for", "id", "aria-describedby"]) {
      const value = each.getAttribute(name);
      if (value) each.setAttribute(name, value.replaceAll(/packaging-\d+/g, `packaging-${at}`));
    }
    each.classList.remove("is-invalid");
    each.removeAttribute("aria-invalid");
  }
  level.querySelectorAll(".kt-field-error").forEach((error) => error.remove());
  input(level, "di").value = "";
  input(level, "units").value = "";
  levels.append(level);
  return level;
}

function say(kind, text) {
  document.getElementById("said").replaceChildren(notice(kind, text));
}

async function scan(...texts) {
  const answer = await ask(form.dataset.read, { lines: [{ barcodes: texts }] });
  const place = document.getElementById("trouble");
  place.replaceChildren();
  if (!isDone(answer)) {
    document.getElementById("said").replaceChildren();
    return place.replaceChildren(...[trouble(answer) ?? reasons(answer)].flat());
  }
  const { di, issuer, reference, taken } = answer.body;
  if (taken) return say("stop", form.dataset.taken.replace("{item}", taken));
  if (all().some((level) => input(level, "di").value === di)) return say("look", form.dataset.twice);
  const level = all().find((each) => !input(each, "di").value) ?? addLevel();
  if (!level) return;
  input(level, "di").value = di;
  input(level, "issuer").value = issuer;
  const field = form.elements.reference;
  if (reference && field && !field.value) field.value = reference;
  say("taken", form.dataset.filled.replace("{di}", di));
}

document.getElementById("add-level").addEventListener("click", () => {
  const level = addLevel();
  if (level) input(level, "di").focus();
});
listen(document.getElementById("scan"), scan);
