// Opening a session: a wristband's barcode keeps its separators, which no browser types by itself.

import { GS } from "./wedge.js";

const field = document.querySelector("[data-kt-open-session]").elements.patient;

field.addEventListener("keydown", (event) => {
  const typed = event.ctrlKey && !event.altKey && (event.code === "BracketRight" || event.key === "]");
  if (!typed && event.key !== GS && event.key !== "F8") return;
  event.preventDefault();
  field.setRangeText(GS, field.selectionStart, field.selectionEnd, "end");
});
field.focus();
