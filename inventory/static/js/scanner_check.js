// The scanner check: hears a test symbol with the key that ends it, or notices that none does.

import { listen } from "./wedge.js";

const SILENT_MS = 900; // a scanner is through long before; then no Enter is to come
const SHORTEST = 6; // characters; what is shorter was typed by somebody

const form = document.querySelector("[data-check]");
const field = document.getElementById("scan");
const said = document.querySelector("[data-said]");
const within = (name) => said.querySelector(`[data-${name}]`);
const ENDS = { Enter: "\r", Tab: "\t" };
let end = "";
let capsLock = null;
let silence = 0;
let keyboard = null;

async function ask(address, body) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  });
  const read = await answer.json();
  if (!answer.ok) throw new Error(read.detail ?? form.dataset.noAnswer);
  return read;
}

function notice(kind, text) {
  const made = document.getElementById(`kt-notice-${kind}`).content.firstElementChild.cloneNode(true);
  made.querySelector("div").append(text);
  return made;
}

const NAMES = { "\r": "Enter", "\t": "Tab", "\x1d": "GS", " ": "blank" };
const seen = (text) => text.replace(/[\x00-\x20]/g, (letter) =>
  `⟨${NAMES[letter] ?? letter.codePointAt(0)}⟩`);

function show(answer, received) {
  said.hidden = false;
  within("verdict").dataset.kind = answer.kind;
  within("word").textContent = answer.word;
  within("received").textContent = seen(received);
  within("problems").replaceChildren(...answer.problems.map((each) => notice(each.kind, each.text)));
  keyboard = answer.keyboard;
  within("profile").hidden = !answer.symbol;
  within("profile-words").textContent = answer.profile;
  within("keep-button").hidden = !answer.keepable || answer.is_kept;
  within("kept").hidden = !answer.is_kept;
  within("kept").textContent = answer.is_kept ? form.dataset.isKept : "";
}

async function check(text) {
  clearTimeout(silence);
  const received = text + end;
  end = "";
  try {
    show(await ask(form.dataset.read, { received, caps_lock: capsLock }), received);
  } catch (error) {
    said.hidden = false;
    within("problems").replaceChildren(notice("stop", error.message || form.dataset.noAnswer));
  }
}

// Registered before the listener of scans, so that the last key is known when the scan is given.
document.addEventListener("keydown", (event) => {
  capsLock = event.getModifierState?.("CapsLock") ?? null;
  end = ENDS[event.key] ?? "";
}, { capture: true });

listen(field, check, check);

field.addEventListener("input", () => {
  clearTimeout(silence);
  silence = setTimeout(() => {
    const text = field.value;
    if (text.length < SHORTEST) return;
    field.value = "";
    end = "";
    check(text);
  }, SILENT_MS);
});

within("keep-button").addEventListener("click", async () => {
  try {
    const answer = await ask(form.dataset.keep, keyboard);
    within("keep-button").hidden = true;
    within("kept").hidden = false;
    within("kept").textContent = answer.kept;
  } catch (error) {
    within("problems").prepend(notice("stop", error.message));
  }
  field.focus();
});
