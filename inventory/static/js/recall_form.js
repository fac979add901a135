// Finding a recalled item while its name is typed, and a draft that stays where it was scrolled.

import { keepDraft } from "./recall_draft.js";

const form = document.querySelector("[data-kt-recall]");
const search = form.elements.search;
const found = document.getElementById("found");
const WAIT_MS = 250;
const PLACE = "kittrace-recall-scroll";
let timer = 0;
let latest = 0;

search.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT_MS);
});

async function look() {
  const mine = ++latest;
  if (!search.value.trim()) return found.replaceChildren();
  const address = `${form.dataset.items}?${new URLSearchParams({ search: search.value })}`;
  const answer = await fetch(address).catch(() => null);
  if (answer?.ok && mine === latest) found.innerHTML = await answer.text();
}

keepDraft(form, document.getElementById("kept-draft"));

form.addEventListener("submit", (event) => {
  if (event.submitter?.value === "open") history.replaceState(null, "", "/recalls/new"); // for Back
  const left = { at: scrollY, by: event.submitter?.value ?? "" };
  try { sessionStorage.setItem(PLACE, JSON.stringify(left)); } catch { /* it starts at the top */ }
});

// What a button asked for has the focus next: the lots of an item, what would be covered, what was found.
function answerTo(by) {
  const [verb, item] = by.split(":");
  if (verb === "add") return document.getElementById(`lots-${item}`);
  if (verb === "find") return found.querySelector("button") ?? search;
  if (verb === "remove") return search;
  return document.querySelector(".kt-preview");
}

try {
  const left = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
  sessionStorage.removeItem(PLACE);
  if (left && document.querySelector(".kt-recall-line")) scrollTo(0, left.at);
  const next = left && !document.querySelector("[aria-invalid=true]") && answerTo(left.by);
  next?.focus({ preventScroll: true });
  next?.scrollIntoView?.({ block: "nearest" });
} catch { /* it starts at the top */ }
