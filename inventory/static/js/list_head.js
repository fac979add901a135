// The fields above a list that is scanned: kept with it, and asked for before it is sent.

export class ListHead {
  /**
   * @param {HTMLElement} root Where the fields are.
   * @param {Draft} draft Keeps what is in them.
   * @param {() => void} changed Reads the lines again, which may depend on them; it is not waited for.
   */
  constructor(root, draft, changed) {
    this.root = root;
    this.draft = draft;
    this.changed = changed;
    for (const field of this.fields()) {
      field.addEventListener("input", () => {
        this.draft.setHead(field.name, field.value);
        this.complain(field, "");
      });
      field.addEventListener("change", () => this.changed());
    }
  }

  fields() { return [...this.root.querySelectorAll("[data-head]")]; }

  /** Fill in what was kept. */
  restore() {
    for (const field of this.fields()) {
      if (this.draft.head[field.name]) field.value = this.draft.head[field.name];
      this.draft.setHead(field.name, field.value);
    }
  }

  set(name, value) {
    const field = this.fields().find((each) => each.name === name);
    field.value = value;
    this.draft.setHead(name, field.value);
    this.complain(field, "");
    this.changed(); // not awaited: who calls may stand in the queue himself
  }

  /** The fields that are still empty and must not be; each says so. */
  missing() {
    const empty = this.fields().filter((field) =>
      field.dataset.required && !field.value.trim() && !field.closest("[hidden]"));
    empty.forEach((field) => this.complain(field, field.dataset.required));
    return empty;
  }

  complain(field, text) {
    const place = document.getElementById(`${field.name}-error`);
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
    field.classList.toggle("is-invalid", Boolean(text));
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}
