// What is typed of a recall is kept in this window until the recall is open: a sign-in that ended, or
// a page that was left, loses no list of lots. Another person at this window is not offered it.

const of = (person) => `kittrace-recall-${person}`;

function read(person) {
  try { return JSON.parse(sessionStorage.getItem(of(person)) ?? "null"); } catch { return null; }
}

function forget(person) {
  try { sessionStorage.removeItem(of(person)); } catch { /* nothing was kept */ }
}

const typed = (form) => [...new FormData(form)].filter(([name]) => !["csrf_token", "seen", "do"].includes(name));
const says = (fields) => fields.some(([name, value]) => name !== "key" && value.trim() !== "");

/** Keep what a form says, and offer what was kept where it says nothing. */
export function keepDraft(form, offer) {
  const { person } = form.dataset;
  const keep = (sent = false) => {
    const fields = typed(form);
    if (!says(fields)) return;
    try { sessionStorage.setItem(of(person), JSON.stringify({ fields, sent })); } catch { /* full, or forbidden */ }
  };
  const kept = read(person);
  if (says(typed(form))) keep();
  else if (kept) offer.hidden = false;
  form.addEventListener("input", () => { offer.hidden = true; keep(); });
  form.addEventListener("submit", (event) => keep(event.submitter?.value === "open"));
  offer.addEventListener("click", (event) => {
    const choice = event.target.closest("button")?.value;
    if (choice === "forget") {
      forget(person);
      offer.hidden = true;
      form.elements.reference.focus();
    } else if (choice === "bring") bringBack(form, kept.fields);
  });
}

// Sent as the form itself would send it, so that the server draws the items as it does.
function bringBack(form, fields) {
  const again = document.createElement("form");
  again.method = "post";
  again.action = form.getAttribute("action");
  const token = form.elements.csrf_token.value;
  for (const [name, value] of [...fields, ["csrf_token", token], ["do", "find"]]) {
    const field = document.createElement("textarea"); // an input would lose the lines of a list
    field.name = name;
    field.value = value;
    again.append(field);
  }
  again.hidden = true;
  document.body.append(again);
  again.submit();
}

/** The recall that was sent from this window is open: nothing of it has to be kept. */
export function endDraft(person) {
  if (read(person)?.sent) forget(person);
}
