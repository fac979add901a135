// The camera as a scanner: frames go to the server one at a time, and what it reads is put into the
// scan field and entered, as a scanner would have typed it; several barcodes of one pack, which no
// scanner reads at once, are given together. Where there is no camera, a photo does.

import { LOOK } from "./wedge.js";

const LONGEST_PX = 1920; // of the longer edge: what the server searches
const PAUSE_MS = 120; // between an answer and the next frame
const BUSY_MS = 900;

const token = () => document.querySelector("meta[name=csrf-token]").content;

class Camera {
  constructor(root) {
    this.told = root.dataset;
    this.dialog = root.querySelector("dialog");
    this.video = root.querySelector("video");
    this.said = root.querySelector("[data-kt-said]");
    this.choices = root.querySelector("[data-kt-choices]");
    root.querySelector("[data-kt-open]").addEventListener("click", () => this.open());
    root.querySelector("[data-kt-close]").addEventListener("click", () => this.dialog.close());
    root.querySelector("input[type=file]").addEventListener("change", (event) => this.photo(event.target));
    this.dialog.addEventListener("close", () => this.stop());
    addEventListener("pagehide", () => this.stop());
  }

  async open() {
    this.choices.replaceChildren();
    this.say(this.told.starting);
    this.dialog.showModal();
    if (!navigator.mediaDevices?.getUserMedia) return this.say(isSecureContext ? this.told.none : this.told.insecure);
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } },
      });
    } catch (fault) {
      return this.say(this.told[{ NotAllowedError: "denied", NotFoundError: "none", NotReadableError: "taken" }[fault.name] ?? "none"]);
    }
    if (!this.dialog.open) return this.stop();
    this.video.srcObject = this.stream;
    this.video.hidden = false;
    await this.video.play().catch(() => {});
    this.say(this.told.aim);
    await this.watch();
  }

  // One frame at a time, until one holds a barcode or the camera is closed. They are numbered: the
  // server looks at each in another way.
  async watch() {
    let frame = 0;
    while (this.stream && this.dialog.open) {
      let wait = PAUSE_MS;
      if (this.video.videoWidth) {
        const picture = await shrunk(this.video, this.video.videoWidth, this.video.videoHeight);
        const answer = await this.send(picture, `?frame=${frame++}`);
        if (answer.codes?.length) return this.found(answer.codes);
        if (answer.busy) wait = BUSY_MS;
        if (answer.said) this.say(answer.said);
        if (answer.over) return this.stop();
      }
      await new Promise((done) => setTimeout(done, wait));
    }
  }

  async photo(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    this.stop();
    this.choices.replaceChildren();
    this.say(this.told.reading);
    let picture = file;
    try {
      const image = await createImageBitmap(file);
      picture = await shrunk(image, image.width, image.height);
      image.close();
    } catch { /* the server says what is wrong with it */ }
    const answer = await this.send(picture, "?photo=1");
    if (answer.codes?.length) this.found(answer.codes);
    else this.say(answer.said ?? this.told.nothing);
  }

  async send(picture, query = "") {
    try {
      const answer = await fetch(this.told.frames + query, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "image/jpeg", "X-CSRFToken": token() },
        body: picture,
        signal: AbortSignal.timeout(15000),
      });
      const said = await answer.json();
      if (answer.ok) return said;
      return { said: said.detail, busy: answer.status === 503, over: answer.status === 401 || answer.status === 403 };
    } catch {
      return { said: this.told.offline, busy: true };
    }
  }

  // One thing is taken at once; of several the person says which.
  found(things) {
    this.stop();
    if (things.length === 1) return this.enter(things[0].texts);
    this.say(this.told.several);
    this.choices.replaceChildren(...things.map(({ texts, words }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-quiet kt-code";
      button.textContent = words;
      button.addEventListener("click", () => this.enter(texts));
      return button;
    }));
  }

  // The dialog is closed first: while one is open, no page hears a scanner.
  enter(texts) {
    this.dialog.close();
    const field = document.getElementById(this.told.target);
    beep();
    field.focus({ preventScroll: true });
    if (texts.length > 1) return field.dispatchEvent(new CustomEvent(LOOK, { detail: texts }));
    field.value = texts[0];
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const key = { key: "Enter", code: "Enter", bubbles: true, cancelable: true };
    return field.dispatchEvent(new KeyboardEvent("keydown", key));
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.video.hidden = true;
  }

  say(text) {
    this.said.textContent = text;
  }
}

// A JPEG no larger than the server searches.
function shrunk(image, width, height) {
  const scale = Math.min(1, LONGEST_PX / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
}

function beep() {
  try {
    const audio = new AudioContext();
    const tone = new OscillatorNode(audio, { frequency: 1050 });
    const volume = new GainNode(audio, { gain: 0.2 });
    tone.connect(volume).connect(audio.destination);
    tone.onended = () => audio.close();
    tone.start();
    tone.stop(audio.currentTime + 0.09);
  } catch { /* no sound here: the page shows what came */ }
}

for (const root of document.querySelectorAll("[data-kt-camera]")) new Camera(root);
