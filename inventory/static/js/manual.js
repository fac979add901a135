// A pack whose lot no barcode says: item or REF, and lot, typed twice or once beside a photo of the
// pack. The photo is made small here, and sent only because the person attached it.

const LONGEST_PX = 1280;

export async function small(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_PX / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas.toDataURL("image/jpeg", 0.7).split(",")[1];
}

/**
 * Send what a form tells of a pack.
 *
 * @param {HTMLFormElement} form With fields `item`, or `reference` and `reference_again`; `lot`,
 *   `lot_again`, `photo`, and perhaps `quantity`.
 * @param {(body: object) => void} onTold Gets the scan that is meant.
 */
export function tellByHand(form, onTold) {
  const field = (name) => form.elements.namedItem(name); // `elements.item` is a method
  const read = (name) => field(name)?.value.trim() ?? "";
  const trouble = form.querySelector("[role=alert]");
  const refuse = (name) => {
    trouble.textContent = form.dataset.twice;
    trouble.hidden = false;
    field(name).focus();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const what = field("item") ? "item" : "reference";
    const twice = what === "item" ? ["lot"] : ["reference", "lot"];
    const empty = [what, "lot"].find((name) => !read(name));
    if (empty) return refuse(empty);
    const body = { [what]: read(what), lot: read("lot"), quantity: Number(read("quantity")) || 1 };
    if (field("photo").files.length) {
      try {
        body.photo = await small(field("photo").files[0]);
      } catch {
        return refuse("photo");
      }
    } else {
      const missing = twice.find((name) => !read(`${name}_again`));
      if (missing) return refuse(`${missing}_again`);
      body.again = [read("reference_again"), read("lot_again")];
    }
    trouble.hidden = true;
    clear(form, field("occurred_at"));
    onTold(body);
  });
}

// Empty a form; when it was opened holds until somebody empties that.
function clear(form, kept) {
  const at = kept?.value;
  form.reset();
  if (kept) kept.value = at;
}
