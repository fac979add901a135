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

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.confirm && !form.dataset.sent && !confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  if (!lock(form)) event.preventDefault();
});

// The answer to a form that was refused: Back and reload ask for the page with the form again; they
// would send the form once more, or show the browser's own page that asks whether to.
const sentFrom = document.querySelector("meta[name=kt-sent-from]");
if (sentFrom) history.replaceState(null, "", sentFrom.content);

// A page that comes back out of the browser's memory shows what was true then, perhaps to somebody
// who has signed out since: it is hidden and asked for again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.body.hidden = true;
  location.reload();
});

const menu = document.querySelector("[data-kt-menu]");
function openMenu(open) {
  document.body.classList.toggle("kt-menu-open", open);
  menu.setAttribute("aria-expanded", String(open));
}
menu?.addEventListener("click", () => openMenu(menu.getAttribute("aria-expanded") !== "true"));

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
  if (event.key !== "Escape") return;
  if (open) {
    openGroup(null);
    open.focus();
  } else if (menu?.getAttribute("aria-expanded") === "true") {
    openMenu(false);
    menu.focus();
  }
});

document.querySelector("[aria-invalid=true]")?.focus();
