// What came of a scan, over the whole screen: a colour, a shape, a word and a sound.

const SHOWN_MS = 1400;
const SOUND_KEY = "kittrace-sound";

// Frequency in Hz, length in s, kind of wave; played one after another.
const SOUNDS = {
  taken: [[880, 0.08, "sine"], [1320, 0.12, "sine"]],
  look: [[600, 0.12, "triangle"], [600, 0.12, "triangle"]],
  stop: [[190, 0.22, "square"], [150, 0.4, "square"]],
};

const screen = document.getElementById("verdict");
const last = document.getElementById("last");
const sound = document.getElementById("sound");
const goOn = screen.querySelector("[data-kt-on]");
const goType = screen.querySelector("[data-kt-type]");
let audio = null;
let timer = 0;

try { sound.checked = localStorage.getItem(SOUND_KEY) !== "off"; } catch { /* private window */ }
sound.addEventListener("change", () => {
  try { localStorage.setItem(SOUND_KEY, sound.checked ? "on" : "off"); } catch { /* private window */ }
});

function play(kind) {
  if (!sound.checked || !SOUNDS[kind]) return;
  try {
    audio ??= new AudioContext();
    audio.resume();
    let at = audio.currentTime;
    for (const [frequency, seconds, wave] of SOUNDS[kind]) {
      const tone = new OscillatorNode(audio, { frequency, type: wave });
      const volume = new GainNode(audio, { gain: wave === "square" ? 0.1 : 0.25 });
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + seconds);
      at += seconds + 0.05;
    }
  } catch { /* no sound here: the colour, the shape and the word stay */ }
}

const words = document.querySelector("[data-kt-session]").dataset;

function codes(said) {
  const parts = [];
  if (said.lot) parts.push(`${words.lot} ${said.lot}`);
  if (said.expires_on) parts.push(`${words.expiry} ${said.expires_on}`);
  if (said.unit) parts.push(said.unit);
  if (said.quantity > 1) parts.push(`× ${said.quantity}`);
  if (said.as_of) parts.push(said.as_of);
  return parts.join("  ·  ");
}

/**
 * Show and sound an answer: {kind, word, thing, sentences, listed, lot, unit, expires_on, quantity}.
 *
 * @param {{word: string, go: () => void}} [typing] The button that leads to what can be typed instead.
 */
export function show(said, typing = null) {
  clearTimeout(timer);
  const sentences = said.sentences ?? [];
  screen.dataset.kind = last.dataset.kind = said.kind;
  screen.querySelector(".kt-verdict-word").textContent = said.word;
  screen.querySelector(".kt-verdict-thing").textContent = said.thing ?? "";
  screen.querySelector(".kt-verdict-code").textContent = codes(said);
  screen.querySelector("ul").replaceChildren(...sentences.map(sentence));
  if (said.listed?.length) screen.querySelector("li").append(listOf(said.listed));
  last.querySelector(".kt-last-word").textContent = said.word;
  last.querySelector(".kt-last-thing").textContent = said.thing || sentences[0] || "";
  last.querySelector(".kt-last-code").textContent = codes(said);
  goType.textContent = typing?.word ?? "";
  goType.hidden = !typing;
  goType.onclick = typing && ((event) => {
    event.stopPropagation();
    hide();
    typing.go();
  });
  screen.hidden = false;
  screen.scrollTop = 0;
  play(said.kind);
  if (said.kind === "taken") timer = setTimeout(hide, SHOWN_MS);
}

/** Say below the field that an answer is on its way; the whole screen stays free. */
export function wait(word, sentence) {
  hide();
  last.dataset.kind = "none";
  last.querySelector(".kt-last-word").textContent = word;
  last.querySelector(".kt-last-thing").textContent = sentence;
  last.querySelector(".kt-last-code").textContent = "";
}

export function sentence(text) {
  const line = document.createElement("li");
  line.textContent = text;
  return line;
}

// What the first sentence is about, thing by thing.
function listOf(things) {
  const list = document.createElement("ul");
  list.className = "kt-verdict-listed";
  list.append(...things.map(sentence));
  return list;
}

export function hide() {
  clearTimeout(timer);
  screen.hidden = true;
}

screen.addEventListener("click", () => {
  hide();
  document.getElementById("scan").focus({ preventScroll: true });
});
document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const left = document.activeElement === goOn || document.activeElement === goType;
  if (event.key === "Escape") {
    hide();
    if (left) document.getElementById("scan").focus({ preventScroll: true });
  }
  if (event.key !== "Tab" || screen.hidden || event.defaultPrevented) return;
  // What lies beneath cannot be seen: the green screen gives way, the others have a button or two.
  if (screen.dataset.kind === "taken") return hide();
  event.preventDefault();
  (goType.hidden || document.activeElement === goType ? goOn : goType).focus();
});
