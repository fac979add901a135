// The time at which something was opened holds for every scan until it is emptied, also while its
// section is folded: as long as it is there, a strip beside the scan field says so and empties it.

/** `2026-11-29T23:00` as the pages write it. */
export const moment = (value) => value.replace("T", " ");

/**
 * @param {HTMLInputElement} field The time.
 * @param {string} words What the strip says, with `{at}`.
 * @param {() => void} done What is done once it was emptied.
 */
export function standLate(field, words, done) {
  const strip = document.getElementById("late");
  const show = () => {
    strip.hidden = !field.value;
    strip.querySelector("span").textContent = words.replace("{at}", moment(field.value));
  };
  for (const event of ["input", "change"]) field.addEventListener(event, show);
  addEventListener("pageshow", show); // browsers fill in again what was typed before a reload
  strip.querySelector("button").addEventListener("click", () => {
    field.value = "";
    show();
    done();
  });
  show();
}
