// A transfer: two places, then what is moved; after it the list is ready for the next one.

import { notice } from "./asking.js";
import { ScanList } from "./scanlist.js";

new ScanList({
  done(body, list) {
    const count = body.lines.reduce((all, line) => all + line.quantity, 0);
    const values = { code: body.code, count, place: body.destination };
    const text = list.root.dataset.moved.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    list.draft.end(["source", "destination"]);
    list.restore();
    list.say("", "");
    list.tell([notice("taken", text)]);
    showLatest();
  },
  // The first place that is scanned is left, the second is reached.
  place(place, list) {
    list.head.set(list.draft.head.source ? "destination" : "source", place);
  },
  // A piece knows where it lies, so nobody has to say it.
  heard(said, list) {
    if (said.lies_in && !list.draft.head.source) list.head.set("source", said.lies_in);
  },
});

// What was moved just now stands among the latest transfers, without a reload.
async function showLatest() {
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const latest = page.getElementById("latest");
    if (latest) document.getElementById("latest").replaceWith(latest);
  } catch { return; /* the next reload brings them */ }
}
