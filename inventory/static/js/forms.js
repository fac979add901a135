// What every page with a form needs: nothing is sent twice, a wait is seen, a grave act is asked
// for once more, and the menu opens on narrow screens.

const SEEN_AFTER_MS = 500;

function lock(form) {
  if (form.dataset.sent) return false;
  form.dataset.sent = "yes";
  const button = form.querySelector("button[type=submit][data-wait]");
  if (!button || "noWait" in form.dataset) return true;
  button.dataset.word = button.textContent;
  setTimeout(() => {
    if (!form.dataset.sent) return;
    button.textContent = button.dataset.wait;
    button.setAttribute("aria-busy", "true");
  }, SEEN_AFTER_MS);
  return true;
}

function unlock(form) {
  delete form.dataset.sent;
  const button = form.querySelector("button[data-word]");
  if (!button) return;
  button.textContent = button.dataset.word;
  button.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.confirm && !form.dataset.sent && !confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  if (!lock(form)) event.preventDefault();
});

// A page that comes back out of the browser's memory may be sent again; its key stays the same,
// so that the server knows the act.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(unlock);
});

document.querySelector("[data-kt-menu]")?.addEventListener("click", (event) => {
  const open = document.body.classList.toggle("kt-menu-open");
  event.currentTarget.setAttribute("aria-expanded", String(open));
});

// Jobs under one word, where they stand in a row: one word open at a time.
const groups = document.querySelectorAll("[data-kt-group]");
function openGroup(wanted) {
  for (const each of groups) each.setAttribute("aria-expanded", String(each === wanted));
}
document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-kt-group]");
  openGroup(pressed?.getAttribute("aria-expanded") === "false" ? pressed : null);
});
document.addEventListener("focusin", (event) => {
  if (!event.target.closest(".kt-side-group")) openGroup(null);
});
document.addEventListener("keydown", (event) => {
  const open = document.querySelector("[data-kt-group][aria-expanded=true]");
  if (event.key !== "Escape" || !open) return;
  openGroup(null);
  open.focus();
});

document.querySelector("[aria-invalid=true]")?.focus();
