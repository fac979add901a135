// The lines of a list that is scanned, as they stand on its page: drawn anew after every scan, summed
// up beneath, and what has the focus keeps it.

const CONTROLS = ["data-number", "data-remove", "data-by-hand", "data-lot", "data-make"];

/** Draw the lines of a list; `fresh` is the one that was scanned just now. */
export function drawLines({ draft, field, root }, fresh) {
  const place = document.getElementById("lines");
  const back = placeOf(document.activeElement);
  place.replaceChildren(...draft.lines.map((line) => rowOf(line, line === fresh)));
  if (back) (place.querySelector(back) ?? field).focus();
  document.getElementById("lines-empty").hidden = draft.lines.length > 0;
  document.getElementById("sum").textContent = sumOf(draft.lines, root.dataset);
  document.getElementById("send").toggleAttribute("disabled", !draft.lines.length);
}

function rowOf(line, fresh) {
  const row = document.createElement("li");
  row.dataset.id = line.id;
  row.className = `kt-goods-line kt-goods-${line.said?.state ?? "part"}${fresh ? " kt-goods-fresh" : ""}`;
  if (line.said) row.innerHTML = line.said.html; // made by our own template, escaped there
  else {
    const { unread } = document.getElementById("kt-words").dataset;
    row.textContent = `${(line.asked.barcodes ?? []).join(" ")} · ${unread}`;
  }
  return row;
}

function sumOf(lines, { total, units: word, quarantine }) {
  if (!lines.length) return "";
  const said = lines.map((line) => line.said).filter(Boolean);
  const units = said.filter((each) => each.state === "taken" || each.state === "look")
    .reduce((all, each) => all + each.quantity, 0);
  const away = said.filter((each) => each.state === "look").length;
  const parts = [`${total}: ${lines.length}`, `${word}: ${units}`];
  if (away && quarantine) parts.push(`${quarantine}: ${away}`);
  return parts.join(" · ");
}

/** How to find a control of a line again once the line was drawn anew; null for all else. */
function placeOf(element) {
  const id = element?.closest?.("[data-id]")?.dataset.id;
  const name = CONTROLS.find((each) => element?.hasAttribute?.(each));
  if (!id || !name) return null;
  return `[data-id="${id}"] [${name}="${CSS.escape(element.getAttribute(name))}"]`;
}
