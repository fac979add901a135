// A pack without any barcode: REF and lot typed twice, or once beside a photo of the pack. The photo
// is made small here, and sent only because the person attached it.

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
 * @param {HTMLFormElement} form With fields `reference`, `lot`, both again, and `photo`.
 * @param {(body: object) => void} onTold Gets the scan that is meant.
 */
export function tellByHand(form, onTold) {
  const trouble = form.querySelector("[role=alert]");
  const refuse = (field) => {
    trouble.textContent = form.dataset.twice;
    trouble.hidden = false;
    field.focus();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { reference, lot, reference_again: refAgain, lot_again: lotAgain, photo } = form.elements;
    const [ref, number] = [reference.value.trim(), lot.value.trim()];
    const again = [refAgain.value.trim(), lotAgain.value.trim()];
    if (!ref || !number) return refuse(ref ? lot : reference);
    const body = { reference: ref, lot: number, quantity: 1 };
    if (photo.files.length) {
      try {
        body.photo = await small(photo.files[0]);
      } catch {
        return refuse(photo);
      }
    } else if (again.every(Boolean)) body.again = again;
    else return refuse(again[0] ? lotAgain : refAgain);
    trouble.hidden = true;
    form.reset();
    onTold(body);
  });
}
