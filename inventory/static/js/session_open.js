// Opening a session: a wristband's barcode keeps its separators, which no browser types by itself.

import { GS } from "./wedge.js";

const { patient: field, location: room } = document.querySelector("[data-kt-open-session]").elements;

field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && field.value.trim() && !room.value) { // how a scanner ends what it types
    event.preventDefault();
    return void room.focus();
  }
  const typed = event.ctrlKey && !event.altKey && (event.code === "BracketRight" || event.key === "]");
  if (!typed && event.key !== GS && event.key !== "F8") return;
  event.preventDefault();
  field.setRangeText(GS, field.selectionStart, field.selectionEnd, "end");
});
field.focus();
