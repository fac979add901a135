// Ask the server from a script, and say in words what keeps it from answering. Nothing that was
// typed or scanned is ever lost by it: the caller keeps what it sent until it has an answer.

const words = () => document.getElementById("kt-words").dataset;
const READ_MS = 20000; // a reading that takes longer is given up, and asked for again
const ACT_MS = 120000; // an act may be long; its key makes it safe to ask again
const token = () => document.querySelector("meta[name=csrf-token]").content;

/**
 * Send JSON, get JSON.
 *
 * @returns {Promise<{status: number, body: object}>} Status 0 where no answer came.
 */
export async function ask(address, content, key = "") {
  const headers = {
    Accept: "application/json",
    "Content-Type": "application/json",
    "X-CSRFToken": token(),
  };
  if (key) headers["Idempotency-Key"] = key;
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers,
      body: JSON.stringify(content),
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(key ? ACT_MS : READ_MS),
    });
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
  } catch {
    return { status: 0, body: {} };
  }
}

export const isDone = (answer) => answer.status >= 200 && answer.status < 300;

/** Whether nobody knows if the server did it: the same key has to be sent again. */
export const isUnknown = (answer) => answer.status === 0 || answer.status >= 500;

/** A notice of the page: shape, word, text, and where to go. */
export function notice(kind, text, link = null) {
  const made = document.getElementById(`kt-notice-${kind}`).content.cloneNode(true);
  const place = made.querySelector(".kt-notice > div");
  place.append(" ", text);
  if (link) {
    const a = document.createElement("a");
    a.href = link.href;
    a.textContent = link.word;
    place.append(" ", a);
  }
  return made;
}

/** What stands in the way of an answer, as a notice; null where the server refused with reasons. */
export function trouble(answer) {
  const say = words();
  if (answer.status === 401) {
    return notice("stop", say.signedOut, { href: say.signInHref, word: say.signIn });
  }
  if (answer.status === 400) {
    return notice("stop", say.stale, { href: location.href, word: say.reload });
  }
  if (isUnknown(answer)) return notice("stop", say.noAnswer);
  return null;
}

/** The reasons for which the server refused, as notices. */
export function reasons(answer) {
  const found = answer.body.problems ?? [{ message: answer.body.detail ?? "", blocking: true }];
  return found.map((problem) => notice(problem.blocking ? "stop" : "look", problem.message));
}
