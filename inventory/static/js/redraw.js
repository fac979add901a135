// Lists that are drawn again while somebody is at them: what has the focus keeps it, what was
// typed stays typed, and what was unfolded stays open.

import { ANSWER_MS } from "./scan_queue.js";

const BURST_MS = 200; // while keys come, perhaps from a scanner, their field is not drawn anew

/** Gives what fetches the lists of a place and draws them; `lost` is called where the focus is. */
export function follow(place, address, lost) {
  let asked = 0; // how often
  let drawn = 0; // which of them; an answer that a later one overtook is not
  let keyAt = -Infinity;
  place.addEventListener("keydown", (event) => {
    if (event.target.localName === "input") keyAt = event.timeStamp;
  });
  return async () => {
    const mine = ++asked;
    let lists;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(ANSWER_MS) });
      if (!answer.ok || answer.redirected) return;
      lists = await answer.text();
    } catch { return; /* the lists stay as they were; the next answer brings them */ }
    while (performance.now() - keyAt < BURST_MS) await new Promise((go) => setTimeout(go, BURST_MS));
    if (mine < drawn) return;
    drawn = mine;
    if (!redraw(place, lists)) lost();
  };
}

// What a control is, whatever list it is drawn in: what its form would send, but for its keys.
function nameOf(control) {
  if (control.localName === "summary") return control.parentElement.id;
  const form = control.closest("form");
  const sent = [...(form?.querySelectorAll("input[type=hidden]") ?? [])]
    .filter(({ name }) => name !== "key" && name !== "csrf_token").map(({ value }) => value);
  const which = control.localName === "button" ? control.value : "";
  return JSON.stringify([form?.getAttribute("action"), sent, control.name, which]);
}

function controls(place) {
  return [...place.querySelectorAll("summary, button, input:not([type=hidden])")];
}

// Put other lists in a place; gives false where what had the focus is no longer there.
function redraw(place, html) {
  const open = [...place.querySelectorAll("details[open]")].map(({ id }) => id);
  const before = controls(place);
  const focused = before.find((each) => each === document.activeElement);
  const typed = new Map(before.filter((each) => each.localName === "input" && each.value !== each.defaultValue)
    .map((each) => [nameOf(each), each]));
  const wanted = focused && nameOf(focused);
  place.innerHTML = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  let found = !focused;
  for (const each of controls(place)) {
    const name = nameOf(each);
    const was = typed.get(name);
    const kept = was && was.max === each.max && was.value !== ""; // a part of as many as before, or of none
    if (kept) each.value = was.value;
    if (!found && name === wanted) {
      each.focus({ preventScroll: true });
      if (each.localName === "input" && !kept) each.select();
      found = true;
    }
  }
  return found;
}
