// A scanner that plays keyboard, heard without losing a character.
//
// A browser puts nothing into a field for Ctrl+] (how most scanners send the separator GS), so the
// keys are watched themselves. Scanners type a character every few milliseconds and end with Enter
// or Tab; whatever is typed that fast is a scan, wherever the focus happens to be.

export const GS = "\x1d";
export const LOOK = "kittrace-look"; // at the scan field: what a camera sees on one pack, as `detail`

const FAST_MS = 90; // between two keys of a scanner; who types needs more
const SHORTEST = 6; // characters of a scan that landed in another field
const FORGET_MS = 700; // the same barcode again within this is one pull of the trigger

/** Whether a key is the separator GS itself: Ctrl+], F8, or the character. */
export const isGs = (event) =>
  event.key === GS || event.key === "F8" ||
  (event.ctrlKey && !event.altKey && (event.code === "BracketRight" || event.key === "]"));

export const isPrintable = (event) =>
  event.key.length === 1 && (!event.ctrlKey || event.altKey) && !event.metaKey;

const takesText = (element) =>
  element instanceof HTMLElement &&
  (element.matches("textarea, select, [contenteditable]") ||
    (element.matches("input") && !["button", "checkbox", "radio", "submit"].includes(element.type)));

function insert(field, text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
}

/** Alt+0029 on the number pad: some scanners send GS so. The digits arrive between Alt down and up. */
export function altCode() {
  let digits = "";
  return {
    down(event) {
      if (event.key === "Alt") digits = "";
      const digit = /^(?:Numpad|Digit)(\d)$/.exec(event.code)?.[1];
      if (!event.altKey || digit === undefined) return false;
      digits += digit;
      return true;
    },
    up(event) {
      const gs = event.key === "Alt" && Number(digits) === 29 && digits !== "";
      if (event.key === "Alt") digits = "";
      return gs;
    },
  };
}

/**
 * Hear every scan on this page.
 *
 * @param {HTMLInputElement} field The scan field; keys typed at no other field go there.
 * @param {(...texts: string[]) => void} onScan Gets each barcode as the scanner sent it, GS included;
 *   several where one look of a camera saw them on one pack.
 * @param {(text: string) => void} [onAgain] Gets one that came twice with one pull of the trigger.
 */
export function listen(field, onScan, onAgain = () => {}) {
  const alt = altCode();
  let burst = null; // keys typed fast into another field: {target, before, text, at}
  let last = { text: "", at: -Infinity };

  const give = (text, at) => {
    if (text.trim() === "") return;
    const again = text === last.text && at - last.at < FORGET_MS;
    last = { text, at };
    (again ? onAgain : onScan)(text);
  };

  // A line break that stands in a scan never reaches the value of a field.
  const take = (at) => {
    const text = field.value;
    field.value = "";
    give(text, at);
  };

  const follow = (target, text, at) => {
    if (burst?.target === target && at - burst.at < FAST_MS) {
      burst.text += text;
      burst.at = at;
    } else {
      burst = { target, before: target.value, text, at };
    }
  };

  // Keys that type nothing by themselves, in the middle of a scan.
  const goesOn = (target, at) => {
    if (burst?.target === target && at - burst.at < FAST_MS) burst.at = at;
  };

  const astray = (target, at) =>
    burst?.target === target && burst.text.length >= SHORTEST && at - burst.at < FAST_MS;

  const separator = (event) => {
    event.preventDefault();
    const target = event.target;
    if (takesText(target) && target !== field) follow(target, GS, event.timeStamp);
    else {
      field.focus();
      insert(field, GS);
    }
  };

  const elsewhere = (event, target) => {
    if ((event.key === "Enter" || event.key === "Tab") && astray(target, event.timeStamp)) {
      event.preventDefault();
      event.stopPropagation();
      target.value = burst.before;
      target.dispatchEvent(new Event("input", { bubbles: true }));
      const { text } = burst;
      burst = null;
      give(text, event.timeStamp);
      field.focus();
    } else if (isPrintable(event)) follow(target, event.key, event.timeStamp);
  };

  let typedAt = -Infinity;
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    if (alt.down(event) || event.key === "Alt") return goesOn(event.target, event.timeStamp);
    if (isGs(event)) return separator(event);
    const target = event.target;
    if (target === field) {
      const fast = event.timeStamp - typedAt < FAST_MS;
      typedAt = event.timeStamp;
      if (event.key === "Enter" || (event.key === "Tab" && fast && field.value)) {
        event.preventDefault();
        take(event.timeStamp);
      }
      return;
    }
    if (takesText(target)) return elsewhere(event, target);
    if (isPrintable(event) && event.key !== " ") field.focus();
  }, { capture: true });

  document.addEventListener("keyup", (event) => {
    if (!alt.up(event)) return;
    if (takesText(event.target) && event.target !== field) follow(event.target, GS, event.timeStamp);
    else insert(field, GS);
  }, { capture: true });

  field.addEventListener(LOOK, (event) => onScan(...event.detail));
  field.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    take(event.timeStamp);
    field.focus();
  });
  field.focus({ preventScroll: true });
}
