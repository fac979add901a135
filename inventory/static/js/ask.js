// Dialogs that ask for a reason. A scan that comes while one is open is no answer to it: it is
// handed back, the dialog is left, and what was asked is not done.

import { sentence } from "./verdict.js";
import { GS, altCode, isGs, isPrintable } from "./wedge.js";

const FAST_MS = 60;
const SHORTEST = 6;
const SECOND_CLICK_MS = 400;

/** Ask why; gives {reason} or {scanned} or neither. */
export function ask(name) {
  return answerOf(document.getElementById(`ask-${name}`));
}

/** Show the problems and ask whether to go on all the same. */
export function askReason(said) {
  const dialog = document.getElementById("ask-overrule");
  dialog.querySelector("h2").textContent = said.word;
  dialog.querySelector("ul").replaceChildren(...said.sentences.map(sentence));
  for (const button of dialog.querySelectorAll("[data-kt-of]")) { // the reasons that fit what is asked
    button.hidden = !said.overrulable.some((code) => button.dataset.ktOf.split(" ").includes(code));
  }
  dialog.querySelector("input").value = "";
  return answerOf(dialog);
}

/** Ask which of some lots stands on the pack. */
export function askLot(lots) {
  const dialog = document.getElementById("ask-lot");
  dialog.querySelector(".kt-choices").replaceChildren(...lots.map((lot) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet kt-code";
    button.value = button.textContent = lot;
    return button;
  }));
  return answerOf(dialog);
}

function answerOf(dialog) {
  return new Promise((done) => {
    const end = (found) => {
      off.abort();
      dialog.close();
      swallowClicks();
      done(found);
    };
    const off = new AbortController();
    const { signal } = off;
    hear(dialog, signal, (scanned) => end({ scanned }));
    dialog.addEventListener("cancel", () => end({}), { signal });
    dialog.addEventListener("click", (event) => {
      const button = event.target.closest("button[type=button]");
      if (button) end("ktCancel" in button.dataset ? {} : { reason: button.value });
    }, { signal });
    dialog.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      const reason = dialog.querySelector("input").value.trim();
      if (reason) end({ reason });
      else dialog.querySelector("input").focus();
    }, { signal });
    dialog.showModal();
  });
}

// The second click of two does not reach what lay below the dialog.
function swallowClicks() {
  const off = new AbortController();
  setTimeout(() => off.abort(), SECOND_CLICK_MS);
  document.addEventListener("click", (event) => {
    if (event.detail < 2) return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal: off.signal, capture: true });
}

// Keys that come as fast as only a scanner types them, wherever the focus is in the dialog.
function hear(dialog, signal, onScan) {
  const alt = altCode();
  let text = "";
  let at = -Infinity;
  const follow = (more, now) => { // `now` is when it was pressed, however late this page hears of it
    text = (now - at > FAST_MS ? "" : text) + more;
    at = now;
  };
  dialog.addEventListener("keydown", (event) => {
    const now = event.timeStamp;
    if (alt.down(event) || event.key === "Alt") return follow("", now);
    if ((event.key === "Enter" || event.key === "Tab") && text.length >= SHORTEST && now - at <= FAST_MS) {
      event.preventDefault();
      onScan(text);
    } else if (isGs(event) || isPrintable(event)) {
      follow(isGs(event) ? GS : event.key, now);
      if (isGs(event) || !event.target.matches("input, button")) event.preventDefault();
    }
  }, { signal, capture: true });
  dialog.addEventListener("keyup", (event) => alt.up(event) && follow(GS, event.timeStamp), { signal, capture: true });
}
