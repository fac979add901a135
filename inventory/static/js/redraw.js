// Lists that are drawn again while somebody is at them: what has the focus keeps it, what was
// typed stays typed, and what was unfolded stays open.

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

/** Put other lists in a place; gives false where what had the focus is no longer there. */
export function redraw(place, html) {
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
    if (was && was.max === each.max) each.value = was.value; // a part of as many as before, or of none
    if (!found && name === wanted) {
      each.focus({ preventScroll: true });
      found = true;
    }
  }
  return found;
}
