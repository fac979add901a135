// A paper that takes a while to be drawn: the button says so, and the file is then kept by the
// browser as any other. Without this script the link and the form do the same, silently.

import { notice, trouble } from "./asking.js";

const SEEN_AFTER_MS = 500;

function busy(button) {
  const word = button.textContent;
  const timer = setTimeout(() => {
    button.textContent = button.dataset.wait;
    button.setAttribute("aria-busy", "true");
  }, SEEN_AFTER_MS);
  return () => {
    clearTimeout(timer);
    button.textContent = word;
    button.removeAttribute("aria-busy");
  };
}

function keep(content, disposition) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = /filename="([^"]+)"/.exec(disposition ?? "")?.[1] ?? "";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function take(address, options, button) {
  const done = busy(button);
  try {
    const answer = await fetch(address, { credentials: "same-origin", ...options });
    const isPage = (answer.headers.get("Content-Type") ?? "").startsWith("text/html");
    if (answer.ok && !isPage) {
      keep(await answer.blob(), answer.headers.get("Content-Disposition"));
    } else if (answer.redirected) {
      location.reload();
    } else {
      show(trouble({ status: answer.status, body: {} }));
    }
  } catch {
    show(trouble({ status: 0, body: {} }));
  } finally {
    done();
  }
}

function show(made) {
  const said = made ?? notice("stop", document.getElementById("kt-words").dataset.noAnswer);
  document.getElementById("main").prepend(said);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-kt-file]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.getAttribute("aria-busy")) return;
  take(link.href, {}, link);
});

// After forms.js, which has asked whether it is meant.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !("ktFile" in form.dataset)) return;
  event.preventDefault();
  const button = form.querySelector("button");
  take(form.action, { method: "POST", body: new FormData(form) }, button).finally(() => {
    delete form.dataset.sent;
  });
});
