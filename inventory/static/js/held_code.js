// The code of a pack that says no lot, kept while the lot is typed into one of the two forms.

const forms = {
  item: document.getElementById("typed-form"),
  reference: document.getElementById("manual-form"),
};
let kept = null; // {form, item, barcodes}

/** Open the form that fits what was scanned, filled with what the code says. */
export function typeLotOf({ code, lacks, barcodes }) {
  forget();
  const form = code.item || lacks === "item" ? forms.item : forms.reference;
  const field = (name) => form.elements.namedItem(name);
  form.reset();
  if (form === forms.item) choose(field("item"), code);
  else field("reference").value = code.reference;
  field("lot").value = code.lot;
  if (lacks === "lot") {
    kept = { form, item: code.item, barcodes };
    const line = form.querySelector("[data-kt-held]");
    line.querySelector("span").textContent = barcodes.join("  ").replaceAll("\x1d", " ");
    line.hidden = false;
  }
  form.closest("details").open = true;
  const first = ["item", "reference", "lot", "lot_again"].find((name) => field(name) && !field(name).value);
  field(first).focus();
  field(first).scrollIntoView({ block: "center" });
}

/** The barcodes that belong to what a form tells, or none where another item was chosen. */
export function heldFor(form, body) {
  return kept?.form === form && (body.item ?? "") === kept.item ? kept.barcodes : null;
}

/** The code is no longer held: it was taken, completed or given up. */
export function forget() {
  kept = null;
  for (const form of Object.values(forms)) form.querySelector("[data-kt-held]").hidden = true;
}

// An item that was made after this page was loaded is not in its list yet.
function choose(list, { item, name }) {
  list.value = item;
  if (list.value === item) return;
  list.add(new Option(name, item));
  list.value = item;
}

for (const form of Object.values(forms)) {
  form.querySelector("[data-kt-forget]").addEventListener("click", () => {
    forget();
    form.elements.namedItem("lot").focus();
  });
}
