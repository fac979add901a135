// Scans on their way to the server: kept in this window before they are sent, sent one after
// another, sent again under the same key until they are answered.

const AGAIN_MS = [1000, 2000, 4000, 8000];
export const ANSWER_MS = 15000; // so long an answer is waited for
const SEEN_AFTER_MS = 500; // who waits longer sees that something happens

// Also where the page is not served over https, where randomUUID does not exist.
export function freshKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether the page was made before the sign-in that now holds. */
export const isStale = (said) => Boolean(said?.problems?.some((each) => each.code === "page-stale"));

export class ScanQueue {
  /**
   * @param {object} told Where scans go and who hears of them: {url, name, token, slow, answered,
   *   waiting, signedOut, stale, refused}; `name` is that of the session and the person, whose scans these are.
   */
  constructor(told) {
    this.told = told;
    this.key = `kittrace-scans-${told.name}`;
    this.memory = "[]"; // where the browser gives no storage, until the page is left
    this.busy = false;
    this.failures = 0;
    addEventListener("online", () => this.pump());
  }

  get scans() {
    try { return JSON.parse(sessionStorage.getItem(this.key) ?? this.memory); } catch { return JSON.parse(this.memory); }
  }

  set scans(list) {
    this.memory = JSON.stringify(list);
    try { sessionStorage.setItem(this.key, this.memory); } catch { /* kept in memory */ }
  }

  /** What others left in this window for a session: {person, count} each. */
  ofOthers(session) {
    const start = `kittrace-scans-${session}-`;
    try {
      return Object.keys(sessionStorage)
        .filter((key) => key.startsWith(start) && key !== this.key)
        .map((key) => ({ person: key.slice(start.length), count: JSON.parse(sessionStorage.getItem(key)).length }))
        .filter(({ count }) => count);
    } catch {
      return [];
    }
  }

  add(body) {
    this.scans = [...this.scans, { key: freshKey(), body }];
    this.pump();
  }

  async pump() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      while (this.scans.length && (await this.send(this.scans[0])));
    } finally {
      this.busy = false;
    }
  }

  // Whether the next one may be sent.
  async send(scan) {
    const { told } = this;
    let answer;
    const slow = setTimeout(() => told.slow(this.scans.length), SEEN_AFTER_MS);
    try {
      answer = await fetch(told.url(scan.body), {
        method: "POST",
        headers: {
          Accept: "application/json",
          "Content-Type": "application/json",
          "X-CSRFToken": told.token(),
          "Idempotency-Key": scan.key,
        },
        body: JSON.stringify(told.completed(scan.body)),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
    } catch {
      return this.later();
    } finally {
      clearTimeout(slow);
    }
    if (answer.status >= 502 || answer.status === 429) return this.later();
    const said = await answer.json().catch(() => null);
    if (answer.status === 401) {
      told.signedOut();
      return false;
    }
    if (isStale(said)) {
      told.stale();
      return false;
    }
    this.failures = 0;
    this.scans = this.scans.filter((other) => other.key !== scan.key);
    told.waiting(0);
    if (answer.ok && said) await told.answered(said, scan);
    else await told.refused(said, answer.headers.get("X-Request-ID") ?? "");
    return true;
  }

  later() {
    const wait = AGAIN_MS[Math.min(this.failures, AGAIN_MS.length - 1)];
    this.failures += 1;
    this.told.waiting(this.scans.length);
    this.timer = setTimeout(() => this.pump(), wait);
    return false;
  }
}
