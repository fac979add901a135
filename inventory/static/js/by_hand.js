// A line typed by hand, where a barcode is missing, unreadable, or says no lot.

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
    const [item, lot, expiry, number] = ["item", "lot", "expires_on", "number"].map((name) =>
      this.form.elements.namedItem(name)); // `elements.item` is a method
    const empty = [item, lot].find((each) => !each.value.trim());
    if (empty) return void empty.focus();
    const asked = { item: item.value, lot: lot.value.trim(), expires_on: expiry?.value || null };
    this.list.queue(() => this.add(asked, Number(number.value) || 1));
  }

  async add(asked, number) {
    const [said] = (await this.list.read([{ asked, number }])) ?? [];
    if (!said) return;
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
