// Light or dark: what the device prefers, unless this browser was told otherwise. Runs before the
// first paint, so it is a plain script in the head.
(() => {
  const KEY = "kittrace-theme";
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => {
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const current = () => remembered() ?? (prefersDark.matches ? "dark" : "light");
  const show = () => {
    const theme = current();
    document.documentElement.dataset.bsTheme = theme;
    for (const button of document.querySelectorAll("[data-kt-theme]")) {
      button.textContent = theme === "dark" ? button.dataset.light : button.dataset.dark;
    }
  };
  show();
  prefersDark.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-kt-theme]")) return;
    try { localStorage.setItem(KEY, current() === "dark" ? "light" : "dark"); } catch { return; }
    show();
  });
})();
