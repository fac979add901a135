// Caps Lock, which turns the letters of a scanner round that plays keyboard. The keys themselves say
// whether it is on; while it is, a sentence stands below the scan field. Who types may use it.

const FAST_MS = 90; // between two keys of a scanner
const SHORTEST = 6; // keys of a scan

let on = false;
let run = 0; // keys that came fast, one behind the other
let at = -Infinity;

/** Whether what has just been scanned was typed by a scanner while Caps Lock was on. */
export const underCapsLock = () => on && run >= SHORTEST;

function look(event) {
  on = event.getModifierState?.("CapsLock") ?? false;
  const notice = document.getElementById("caps-lock");
  if (notice && !on) notice.hidden = true;
  if (notice && underCapsLock()) notice.hidden = false;
}

// Registered when this is imported, before any listener of scans, so that a scan's last key counts.
document.addEventListener("keydown", (event) => {
  if (!event.repeat) {
    run = event.timeStamp - at < FAST_MS ? run + 1 : 1;
    at = event.timeStamp;
  }
  look(event);
}, { capture: true });
document.addEventListener("keyup", look, { capture: true }); // of Caps Lock itself
document.addEventListener("pointerdown", look, { capture: true });
