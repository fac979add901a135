// Finding a recalled item while its name is typed, and a draft that stays where it was scrolled.

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

form.addEventListener("submit", () => {
  try { sessionStorage.setItem(PLACE, String(scrollY)); } catch { /* it starts at the top */ }
});
try {
  const place = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (place && document.querySelector(".kt-recall-line")) scrollTo(0, Number(place));
} catch { /* it starts at the top */ }
