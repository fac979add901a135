// The screen in theatre: hears the scanner, sends what was opened, shows what came of it.
// A scan is never lost: those that arrive while one is being answered wait in order.

import { ask, askLot, askReason } from "./ask.js";
import { ANSWER_MS, ScanQueue, freshKey } from "./scan_queue.js";
import { underCapsLock } from "./caps_lock.js";
import { moment, standLate } from "./late.js";
import { forget, heldFor, typeLotOf } from "./held_code.js";
import { tellByHand } from "./manual.js";
import { follow } from "./redraw.js";
import { followActs } from "./session_acts.js";
import { hide, show, wait } from "./verdict.js";
import { listen } from "./wedge.js";

const stage = document.querySelector("[data-kt-session]");
const told = stage.dataset;
const field = document.getElementById("scan");
const contents = document.getElementById("contents");
const waiting = document.getElementById("waiting");
const quantity = document.getElementById("quantity");
const occurredAt = document.getElementById("occurred-at");

const token = () => document.querySelector("meta[name=csrf-token]").content;
const focus = () => field.focus({ preventScroll: true });

// The barcodes of a label that is not whole yet, and those of the label that was taken last: whatever
// else stands on that one counts once. They are sent along only when a scan is sent, as the answer to
// the one before decides; then that is what a retry sends.
const LAPSES_MS = 120_000;
const remembered = (key) => ({
  get() {
    try {
      const { barcodes, caps, perhaps, at } = JSON.parse(sessionStorage.getItem(key) ?? "null") ?? {};
      return Date.now() - at < LAPSES_MS ? { barcodes, caps, perhaps, lapsed: [] } : { barcodes: [], lapsed: perhaps ? [] : barcodes ?? [] };
    } catch { return { barcodes: [], lapsed: [] }; }
  },
  set(barcodes, caps = false, perhaps = false) {
    try { sessionStorage.setItem(key, JSON.stringify({ barcodes, caps, perhaps, at: Date.now() })); } catch { /* given up */ }
  },
});
const held = remembered(`${told.ktSession}-held`);
const taken = remembered(`${told.ktSession}-taken`);

const queue = new ScanQueue({
  url: (body) => (body.photo ? document.getElementById("manual-form").dataset.url : told.scans),
  name: `${told.ktSession}-${told.person}`,
  token,
  completed,
  answered,
  slow: (count) => wait(told.sending, told.sendingText.replace("{count}", count)),
  waiting: showWaiting,
  signedOut: () => signedOut(told.signedOutText),
  stale: () => loadAgain(),
  async refused(said, number) {
    heard();
    const sentence = said?.detail ?? `${told.refusedText}${number}`;
    show({ kind: "stop", word: told.refused, sentences: [sentence] });
    await refresh();
  },
});

let out = false;
function signedOut(text) {
  out = true;
  show({ kind: "stop", word: told.signedOut, sentences: [text] });
  notify(link(told.signIn, text));
}

// Somebody signed in again in another tab: this page has the proof of the sign-in before, and what
// it sends is refused. Loaded again, once, it has the new one, and what is kept is sent.
const LOADED_AGAIN = "kittrace-loaded-again";
function loadAgain(lost = "") {
  try {
    if (sessionStorage.getItem(LOADED_AGAIN) !== null) throw new Error("it did not help");
    sessionStorage.setItem(LOADED_AGAIN, lost);
    location.reload();
  } catch {
    show({ kind: "stop", word: told.refused, sentences: [told.staleText] });
  }
}

// The server took what this page sends.
function heard() {
  out = false;
  try { sessionStorage.removeItem(LOADED_AGAIN); } catch { /* nothing was kept */ }
}

function completed(body) {
  if (!body.barcodes?.length || body.joined) return body;
  const before = held.get();
  const one = body.barcodes.length === 1;
  body.given_up = [...before.lapsed, ...(one ? [] : before.barcodes)];
  if (one) body.barcodes = [...before.barcodes, ...body.barcodes];
  if (one && before.caps) body.caps_lock = true;
  if (before.perhaps) body.perhaps = true; // it may as well be of the label that was taken
  body.after = taken.get().barcodes;
  body.joined = true;
  queue.scans = queue.scans.map((scan, place) => (place === 0 ? { ...scan, body } : scan));
  return body;
}

async function answered(said, scan) {
  heard();
  if (said.accepted && scan.body.occurred_at) said.as_of = told.asOf.replace("{at}", moment(scan.body.occurred_at));
  if (scan.body.barcodes?.length || (scan.body.held && said.accepted)) { // what is typed of another pack leaves it held
    held.set(said.kept ?? [], scan.body.caps_lock, said.perhaps);
    forget();
  }
  if (said.accepted && said.barcodes) taken.set(said.barcodes);
  if (said.given_up) notify(said.given_up);
  if (said.hold) show(said, { word: said.code.typing, go: () => typeLotOf(said) });
  else if (said.overrulable.length) {
    show(said);
    hide();
    await overrule(said, scan);
  } else if (said.candidates.length || said.way) {
    show(said);
    hide();
    await settle(said, scan);
  } else show(said);
  await refresh();
}

// A lot to choose, an item to make, a pack to book in: then the same scan again, under a new key.
async function settle(said, scan) {
  const { reason, scanned } = said.way ? await ask(said.way) : await askLot(said.candidates);
  if (reason) {
    const body = said.way ? scan.body : { ...scan.body, lot: reason };
    const found = said.way ? await bookIn({ ...body, kind: said.way === "new-item" ? reason : "" }) : null;
    if (found && !found.accepted) show(found);
    else queue.scans = [{ key: freshKey(), body }, ...queue.scans];
  }
  if (scanned) take(scanned);
  focus();
}

async function bookIn(body) {
  try {
    const answer = await fetch(told.found, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token(), "Idempotency-Key": freshKey() },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const said = await answer.json();
    return answer.ok ? said : { kind: "stop", word: told.refused, sentences: [said.detail] };
  } catch {
    return { kind: "stop", word: told.noAnswer, sentences: [told.noAnswerText] };
  }
}

// A dialog with the problem's sentence; the same scan again, under a key of its own, with a reason.
async function overrule(said, scan) {
  const { reason, scanned } = await askReason(said);
  if (reason) {
    const again = { ...scan.body, override: { codes: said.overrulable, reason } };
    queue.scans = [{ key: freshKey(), body: again }, ...queue.scans];
  }
  if (scanned) take(scanned);
  focus();
}

function notify(...what) {
  waiting.querySelector("span").replaceChildren(...what);
  waiting.hidden = false;
}

function showWaiting(count) {
  if (count) notify(`${told.waiting} (${count}). ${told.waitingText}`);
  else if (out && queue.scans.length) notify(link(told.signIn, told.signedOutText));
  else showOthers();
}

// Scans that somebody else made here before being signed out: only that person sends them.
function showOthers() {
  const found = queue.ofOthers(told.ktSession);
  waiting.hidden = found.length === 0;
  if (found.length) notify(found.map(({ person, count }) =>
    told.others.replaceAll("{person}", () => person).replace("{count}", count)).join(" "));
}

function link(href, text) {
  const made = document.createElement("a");
  made.href = href;
  made.textContent = text;
  return made;
}

const refresh = follow(contents, told.contents, focus);

// A barcode, or several that one look of the camera saw on one pack.
function take(...texts) {
  const body = { barcodes: texts, quantity: Number(quantity.value) };
  if (texts.length > 1) body.one_look = true;
  if (underCapsLock()) body.caps_lock = true;
  if (occurredAt.value) body.occurred_at = occurredAt.value;
  quantity.value = "1";
  hide();
  queue.add(body);
}

// One pull of the trigger that read twice: counted once, said in small letters.
function twice() {
  notify(told.twice);
  setTimeout(() => showWaiting(queue.failures ? queue.scans.length : 0), 2500);
}

listen(field, take, twice);

for (const form of [document.getElementById("typed-form"), document.getElementById("manual-form")]) {
  tellByHand(form, (body) => {
    const kept = heldFor(form, body);
    if (kept) Object.assign(body, { held: kept, caps_lock: held.get().caps === true });
    if (occurredAt.value) body.occurred_at = occurredAt.value;
    queue.add(body);
    focus();
  });
}

stage.addEventListener("click", (event) => {
  const step = Number(event.target.closest("[data-kt-step]")?.dataset.ktStep ?? 0);
  if (step) quantity.value = String(Math.max(1, Math.min(999, Number(quantity.value) + step)));
});

standLate(occurredAt, told.late, focus);

followActs(contents, told, { token, field, focus, take, heard, refresh, signedOut, loadAgain });

// A finger on the page leaves the focus where the scanner needs it; Tab goes wherever it likes.
document.addEventListener("pointerup", (event) => {
  if (!event.target.closest("input, select, textarea, summary, a, dialog, label, .kt-side, [data-kt-type], form.kt-form")) setTimeout(focus);
});
// What a colleague did meanwhile at another screen.
document.addEventListener("visibilitychange", () => document.hidden || refresh());
addEventListener("focus", () => document.activeElement === document.body && focus());

showOthers();
try {
  const lost = sessionStorage.getItem(LOADED_AGAIN);
  if (lost) show({ kind: "stop", word: told.refused, sentences: [lost] });
} catch { /* nothing was kept */ }
queue.pump();
