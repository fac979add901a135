// A line typed by hand, where a barcode is missing, unreadable, or says no lot.

import { small } from "./manual.js";

export class ByHand {
  constructor(list) {
    this.list = list;
    this.replaced = null; // the half-read line that the typed one stands for
    this.form = document.getElementById("by-hand-form");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  open(item, line) {
    this.replaced = line;
    document.getElementById("by-hand").open = true;
    document.getElementById("hand-item").value = item;
    document.getElementById("hand-lot").focus();
  }

  submit() {
    const field = (name) => this.form.elements.namedItem(name); // `elements.item` is a method
    const [item, lot, again, number, photo] = ["item", "lot", "lot_again", "number", "photo"].map(field);
    const pictured = photo?.files.length > 0;
    const reference = item.value ? "" : field("reference")?.value.trim() ?? "";
    const needed = [...(reference ? [] : [item]), lot, ...(again && !pictured ? [again] : [])];
    const empty = needed.find((each) => !each.value.trim());
    if (empty) return void empty.focus();
    const asked = { item: item.value, lot: lot.value.trim(), expires_on: field("expires_on")?.value || null };
    if (reference) asked.reference = reference;
    // deliveries: the lot is typed twice, or a photo is attached
    if (again?.value.trim() || (again && !pictured)) asked.lot_again = again.value.trim();
    this.list.queue(async () => {
      try {
        if (pictured) asked.photo = await small(photo.files[0]);
      } catch {
        return photo.focus();
      }
      return this.add(asked, Number(number.value) || 1);
    });
  }

  async add(asked, number) {
    const [said] = (await this.list.read([{ asked, number }])) ?? [];
    if (!said) return;
    if (!said.keep || !said.item) { // what was typed stays, to be put right
      this.list.say("stop", said.text);
      this.form.elements.namedItem(said.item ? "lot" : "item").focus();
      return;
    }
    const line = this.list.draft.add(asked, number);
    if (this.replaced) this.list.draft.remove(this.replaced);
    this.replaced = null;
    line.said = said;
    this.list.draft.save();
    this.list.say(said.state, said.text);
    this.list.show(line);
    this.form.reset();
    this.list.field.focus();
  }
}
