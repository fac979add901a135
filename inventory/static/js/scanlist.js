// A list made by scanning: each scan is read by the server and becomes a line, or one more of a
// line, or completes a label that has two barcodes. Deliveries and transfers are such lists.

import { ask, isDone, isUnknown, notice, reasons, trouble } from "./asking.js";
import { underCapsLock } from "./caps_lock.js";
import { ByHand } from "./by_hand.js";
import { Draft } from "./draft.js";
import { drawLines } from "./drawn_lines.js";
import { ListHead } from "./list_head.js";
import { listen } from "./wedge.js";

const MOST_BARCODES = 4; // of one label
const SEEN_AFTER_MS = 500; // who waits longer sees that something happens
const words = () => document.getElementById("kt-words").dataset;
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export class ScanList {
  /**
   * @param {object} own What the page adds.
   * @param {(body: object, list: ScanList) => void} own.done After it was booked.
   * @param {(said: object, list: ScanList) => void} [own.heard] After a line was read.
   * @param {(place: string, list: ScanList) => void} [own.place] When a place's label was scanned.
   */
  constructor(own) {
    this.own = own;
    this.root = document.getElementById("scan-list");
    this.draft = new Draft(this.root.dataset.draft);
    this.field = document.getElementById("scan");
    this.waiting = Promise.resolve(); // scans are read one after the other, in their order
    this.busy = false;
    this.head = new ListHead(this.root, this.draft, () => this.queue(() => this.readAgain()));
    this.bindLines();
    this.byHand = new ByHand(this);
    document.getElementById("send").addEventListener("click", () => this.send());
    addEventListener("pageshow", (event) => event.persisted && this.restore());
    listen(this.field, (...texts) => this.hear(texts), () => this.say("look", words().double));
    this.restore();
  }

  queue(step) {
    this.waiting = this.waiting.then(step).catch((error) => console.error(error));
    return this.waiting;
  }

  restore() {
    this.draft.load();
    this.head.restore();
    document.getElementById("trouble").replaceChildren();
    this.show();
    this.queue(() => this.readAgain());
    for (const scan of [...this.draft.heard]) this.queue(() => this.answer(scan));
  }

  // ---- reading

  // A barcode, or several that one look of the camera saw on one pack.
  hear(barcodes) {
    const scan = underCapsLock() ? { barcodes, caps_lock: true } : { barcodes };
    this.draft.hear(scan);
    this.queue(() => this.answer(scan));
  }

  async answer(scan) {
    this.say("", "");
    const slow = setTimeout(() => {
      document.getElementById("said").textContent = words().sending;
    }, SEEN_AFTER_MS);
    try {
      await this.scan(scan);
    } finally {
      clearTimeout(slow);
      this.draft.unhear();
    }
  }

  async read(lines, together = false) {
    const content = {
      head: this.draft.head,
      together,
      lines: lines.map(({ asked, number }) => ({ ...asked, photo: "", number })), // sent when booked
    };
    const answer = await ask(this.root.dataset.read, content);
    this.tell(isDone(answer) ? [] : [trouble(answer) ?? reasons(answer)].flat());
    return isDone(answer) ? answer.body.lines : null;
  }

  // Lines of one lot that disagree are read beside each other, so that each of them says so.
  async readAgain(some = this.draft.lines) {
    const lines = this.draft.lines.filter((line) => some.some((each) => each === line || disagree(each, line)));
    if (!lines.length) return;
    const said = await this.read(lines, true);
    if (!said) return;
    lines.forEach((line, at) => { line.said = said[at]; });
    this.draft.save();
    this.show();
  }

  async scan(scan) {
    const half = this.draft.lines[0]?.said?.half ? this.draft.lines[0] : null;
    const joined = half && half.asked.barcodes.length + scan.barcodes.length <= MOST_BARCODES
      ? { barcodes: [...half.asked.barcodes, ...scan.barcodes] } : null;
    if (joined && (half.asked.caps_lock || scan.caps_lock)) joined.caps_lock = true;
    const asked = [scan, ...(joined ? [joined] : [])];
    const said = await this.read(asked.map((each) => ({ asked: each, number: null })));
    if (!said) return this.keepUnread(asked[0]);
    const [alone, together] = said;
    if (alone.place) return this.placed(alone.place);
    const one = half ? belongs(alone, together, half.said, half.number) : "";
    if (one) this.draft.remove(half);
    if (one === "together") await this.take(asked[1], together);
    else if (alone.keep) await this.take(asked[0], alone);
    else this.say("stop", alone.text);
    if (together?.mislinked) this.say("stop", together.text);
  }

  keepUnread(asked) {
    this.draft.add(asked);
    this.say("stop", words().unread);
    this.show();
  }

  placed(place) {
    this.say("taken", place);
    this.own.place?.(place, this);
  }

  /** What was read becomes a line, or one more of the line that it is. */
  async take(asked, said) {
    const same = said.same && this.draft.lines.find((line) => line.said?.same === said.same);
    if (!same) {
      const line = this.draft.add(asked);
      line.said = said;
      if (this.draft.lines.some((each) => disagree(each, line))) await this.readAgain([line]);
      this.say(line.said.state, line.said.text);
      this.show(line);
      this.own.heard?.(said, this);
      return;
    }
    this.draft.remove(same);
    this.draft.lines.unshift(same);
    if (same.said.single && said.state === "stop") { // seen again, on another pack than it names
      Object.assign(same, { asked, said });
      this.say("stop", said.text);
    } else if (same.said.single) this.say("look", filled(words().inList, said));
    else {
      same.number = (same.number ?? said.step) + said.step;
      this.say(said.state, filled(words().more, said));
    }
    this.show(same);
    this.queue(() => this.readAgain([same]));
  }

  // ---- the list on the page

  // A lot in doubt was chosen: the line is read again as that lot.
  settle(line, asked) {
    line.asked = asked;
    this.draft.save();
    this.queue(() => this.readAgain());
    this.field.focus();
  }

  // A code that no item has: an item is made of it, as the sort of thing that was said.
  async makeItem(line, kind) {
    const lines = [{ barcodes: line.asked.barcodes }];
    const answer = await ask(kind.dataset.make, { head: { kind: kind.value }, lines });
    if (isDone(answer)) return this.readAgain();
    return this.tell([trouble(answer) ?? reasons(answer)].flat());
  }

  bindLines() {
    const list = document.getElementById("lines");
    list.addEventListener("click", (event) => {
      const line = this.lineOf(event.target);
      if (event.target.closest("[data-remove]")) {
        this.draft.remove(line);
        this.show();
        this.queue(() => this.readAgain());
        this.field.focus();
      }
      const byHand = event.target.closest("[data-by-hand]");
      if (byHand) this.byHand.open(byHand.dataset.byHand, line);
      const lot = event.target.closest("[data-lot]");
      if (lot) this.settle(line, { ...line.asked, lot: lot.dataset.lot });
    });
    list.addEventListener("change", (event) => {
      const kind = event.target.closest("[data-make]");
      if (kind?.value) this.queue(() => this.makeItem(this.lineOf(kind), kind));
      if (!event.target.matches("[data-number]")) return;
      const line = this.lineOf(event.target);
      line.number = Math.min(100000, Math.max(1, Math.round(Number(event.target.value)) || 1));
      this.draft.save();
      this.queue(() => this.readAgain([line]));
    });
  }

  lineOf(element) {
    const id = Number(element.closest("[data-id]")?.dataset.id);
    return this.draft.lines.find((line) => line.id === id);
  }

  show(fresh = null) {
    drawLines(this, fresh);
    const overrule = document.getElementById("overrule"); // only where deliveries are booked
    if (overrule) overrule.hidden = this.overrulable().length === 0;
  }

  /** Codes of problems that a reason, given once for the list, overrules. */
  overrulable() {
    return [...new Set(this.draft.lines.flatMap((line) => line.said?.overrulable ?? []))];
  }

  say(kind, text) {
    const said = document.getElementById("said");
    said.replaceChildren(kind ? notice(kind === "part" ? "look" : kind, text) : "");
    said.querySelector("[role]")?.removeAttribute("role"); // the place itself is announced
    if (kind) said.scrollIntoView({ block: "nearest" }); // on a phone it lies below the fields
  }

  tell(notices) {
    document.getElementById("trouble").replaceChildren(...notices);
  }

  // ---- sending

  isReady() {
    const empty = this.head.missing();
    const wrong = this.draft.lines.find((line) =>
      !line.said || (line.said.state === "stop" && !line.said.overrulable?.length)
      || line.said.state === "part");
    if (wrong) this.tell([notice("stop", this.root.dataset.notReady)]);
    if (empty.length) empty[0].focus();
    else if (wrong) {
      document.querySelector(`[data-id="${wrong.id}"]`).scrollIntoView({ block: "center" });
    }
    return !empty.length && !wrong;
  }

  async send() {
    if (this.busy) return;
    this.busy = true;
    const button = document.getElementById("send");
    button.setAttribute("aria-busy", "true");
    try {
      await this.waiting;
      if (this.isReady()) await this.sendNow();
    } finally {
      button.removeAttribute("aria-busy");
      this.busy = false;
    }
  }

  async sendNow() {
    const content = {
      head: { ...this.draft.head, override_codes: this.overrulable().join(" ") },
      lines: [...this.draft.lines].reverse().map(({ asked, number, said }) =>
        ({ ...asked, number: number ?? said.step })),
    };
    const answer = await ask(this.root.dataset.send, content, this.draft.key());
    if (isDone(answer)) return this.own.done(answer.body, this);
    const codes = (answer.body.problems ?? []).map((problem) => problem.code);
    if (codes.includes("key-conflict")) return this.conflict();
    if (!isUnknown(answer) && answer.status !== 401 && answer.status !== 400) this.draft.newKey();
    await this.readAgain();
    const said = trouble(answer) ?? reasons(answer);
    this.tell([said].flat());
    document.getElementById("trouble").scrollIntoView({ block: "nearest" });
  }

  conflict() {
    const { conflict, conflictHref: href, conflictWord: word } = this.root.dataset;
    this.draft.newKey();
    this.tell([notice("stop", conflict, { href, word })]);
  }
}

/** Whether two lines give one lot two expiry dates. */
function disagree({ said: one }, { said: two }) {
  return Boolean(one?.lot && one.lot === two?.lot && one.item === two.item
    && one.expires_on && two.expires_on && one.expires_on !== two.expires_on);
}

/** Whether a scan completes the label whose other barcode came before: joined, alone, or not. */
function belongs(alone, together, half, number) {
  const isWhole = (said) => said && said.item && said.lot;
  const waits = half.state === "part";
  if (isWhole(alone)) return waits && half.item && alone.item === half.item ? "alone" : "";
  if (!together?.one) return "";
  // A line that could be booked as it is takes only what it lacks, and only while it is one pack.
  if (!waits && isWhole(half)) return !alone.item && together.expires && number === null ? "together" : "";
  return together.keep && (isWhole(together) || together.half) ? "together" : "";
}
