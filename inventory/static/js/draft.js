// A list that is not booked yet, kept in this window: it survives a reload, a crash of the page and
// signing in again, and ends with the window. The key of the act is made and kept before it is sent.

const EMPTY = () => ({ head: {}, lines: [], heard: [], key: "", next: 1 });

export class Draft {
  constructor(name) {
    this.name = name;
    this.load();
  }

  load() {
    this.kept = EMPTY();
    try {
      this.kept = { ...EMPTY(), ...JSON.parse(sessionStorage.getItem(this.name) ?? "{}") };
    } catch {
      // Unreadable or forbidden: an empty list is the only one there is.
    }
  }

  save() {
    try {
      sessionStorage.setItem(this.name, JSON.stringify(this.kept));
    } catch {
      // Full or forbidden: the list still works until the page is left.
    }
  }

  get head() { return this.kept.head; }
  get lines() { return this.kept.lines; }
  get heard() { return this.kept.heard.map((scan) => (typeof scan === "string" ? { barcodes: [scan] } : scan)); }

  /** Keep a scan that nobody has read yet: a reload while the server answers loses none. */
  hear(scan) {
    this.kept.heard.push(scan);
    this.save();
  }

  /** The oldest of them was answered. */
  unhear() {
    this.kept.heard.shift();
    this.save();
  }

  setHead(name, value) {
    this.kept.head[name] = value;
    this.save();
  }

  /** A line at the head of the list; the latest scan stands first. */
  add(asked, number = null) {
    const line = { id: this.kept.next++, asked, number, said: null };
    this.kept.lines.unshift(line);
    this.save();
    return line;
  }

  remove(line) {
    this.kept.lines = this.kept.lines.filter((other) => other !== line);
    this.save();
  }

  /** The key under which this list is sent; the same until `newKey`. */
  key() {
    this.kept.key ||= crypto.randomUUID?.() ?? random();
    this.save();
    return this.kept.key;
  }

  newKey() {
    this.kept.key = "";
    this.save();
  }

  /** Done: nothing of it is kept, except the words of the head that are asked for. */
  end(keep = []) {
    const head = Object.fromEntries(keep.map((name) => [name, this.kept.head[name] ?? ""]));
    this.kept = { ...EMPTY(), head };
    this.save();
  }
}

// randomUUID exists on secure pages only; a clinic without TLS gets as many random bits.
function random() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
