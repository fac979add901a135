// The buttons of a session, such as used, wasted, put back and close: sent from the page, so that no
// scan falls between two pages, and what came of it is shown as after a scan.

import { ask } from "./ask.js";
import { ANSWER_MS, isStale } from "./scan_queue.js";
import { show, wait } from "./verdict.js";

const TWO_CLICKS_MS = 700;

/**
 * Send the forms of a place that say so.
 *
 * @param {HTMLElement} place Where they are, also when they are drawn anew.
 * @param {DOMStringMap} told The words of the page.
 * @param {object} screen What else the screen is: {token, field, focus, take, heard, refresh,
 *   signedOut, loadAgain}.
 */
export function followActs(place, told, screen) {
  let acting = 0; // since when
  place.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-kt-act]");
    if (!form) return;
    event.preventDefault();
    event.stopPropagation();
    if (acting) { // within a moment the second click of two, perhaps on what moved below the pointer
      if (performance.now() - acting > TWO_CLICKS_MS && !document.querySelector("dialog[open]")) wait(told.sending, told.actWaitText);
      return;
    }
    if ("ktAnswered" in form.dataset) { // what it says is over, and the lists that say what is are on their way
      if (performance.now() - form.dataset.ktAnswered > TWO_CLICKS_MS) wait(told.sending, told.actWaitText);
      return void screen.refresh();
    }
    acting = performance.now();
    let sent = false;
    try {
      sent = await sayAndAct(form, event.submitter, told, screen);
    } finally {
      acting = 0;
    }
    if (sent) await screen.refresh();
  });
}

// Gives whether something was sent and this page stays.
async function sayAndAct(form, button, told, screen) {
  const keyed = button?.matches(":focus-visible"); // who came by keyboard sees where the focus goes
  const sent = new FormData(form, button);
  const question = button?.dataset.ktAsk;
  if (question) {
    const { reason, scanned } = await ask(question);
    if (scanned) screen.take(scanned);
    if (!reason) {
      if (scanned || !button.isConnected) screen.focus();
      else button.focus();
      return false;
    }
    sent.set("reason", reason);
  }
  screen.focus();
  const stays = await act(form, sent, button, told, screen);
  screen.focus();
  if (keyed) screen.field.scrollIntoView({ block: "center" });
  return stays;
}

async function act(form, sent, button, told, screen) {
  const slow = setTimeout(() => button?.setAttribute("aria-busy", "true"), 500);
  try {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": screen.token(), "Idempotency-Key": sent.get("key") },
      body: sent,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const said = await answer.json();
    if (answer.ok) {
      screen.heard();
      form.dataset.ktAnswered = performance.now();
      form.reset(); // the number that was said is not the next one
    }
    if (answer.ok && said.next) {
      location.assign(said.next);
      return false;
    }
    if (answer.status === 401) screen.signedOut(told.actSignedOutText);
    else if (isStale(said)) screen.loadAgain(told.actStaleText);
    else show(answer.ok ? said : { kind: "stop", word: told.refused, sentences: [said.detail] });
  } catch {
    show({ kind: "stop", word: told.noAnswer, sentences: [told.noAnswerText] });
  } finally {
    clearTimeout(slow);
    button?.removeAttribute("aria-busy");
  }
  return true;
}
