// Where people write. What could not be sent stays, and goes again under the same act id.

import * as api from "./api.js";
import { Completion } from "./completion.js";
import { el, icon } from "./dom.js";
import { attempt } from "./message.js";
import { isAnswered, keepNew, setWorking, state, text } from "./state.js";

export class Composer {
  constructor({ id, where }) {
    this.where = where; // returns the channel and the thread to write to
    this.drafts = new Map();
    this.next = ""; // what was to be sent while something else was on its way
    this.field = el("textarea", { id, rows: "1", autocomplete: "off", enterkeyhint: "send", "aria-describedby": `${id}-keys` });
    this.completion = new Completion(this.field, `${id}-commands`);
    this.keys = el("p", { class: "keys", id: `${id}-keys` }, text("keys"));
    this.button = el("button", { type: "submit", class: "send", "aria-label": text("send"), title: text("send") }, icon("send"));
    this.element = el(
      "form",
      { class: "composer" },
      this.completion.list,
      el("div", { class: "field" }, this.field, this.button),
      this.keys,
    );
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.changed();
  }

  // Changes place: the draft of the old one is kept, that of the new one comes back.
  turnTo(place, label) {
    if (this.place !== undefined) this.drafts.set(this.place, this.field.value);
    this.place = place;
    this.act = null;
    this.field.setAttribute("aria-label", label);
    this.field.placeholder = label;
    this.fill(this.drafts.get(place) ?? "", { focus: false });
  }

  fill(value, { focus = true } = {}) {
    this.field.value = value;
    this.field.dispatchEvent(new Event("input"));
    this.completion.close();
    if (focus) this.field.focus();
  }

  changed() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    this.button.classList.toggle("is-ready", this.field.value.trim() !== "");
    this.act = null;
    const called = /^\/([\w-]+)\s/.exec(this.field.value)?.[1];
    const usage = state.commands.find((command) => command.name === called)?.usage;
    this.keys.textContent = usage || text("keys");
    this.keys.classList.toggle("is-usage", Boolean(usage));
  }

  pressed(event) {
    // An Enter that ends a Hangul syllable is the input method's.
    if (event.isComposing || event.keyCode === 229) return;
    if (this.completion.handle(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  async send() {
    const written = this.field.value;
    if (!written.trim()) return;
    if (this.isSending) return void (this.next = written);
    this.isSending = true;
    const { channel, thread } = this.where();
    this.act ??= api.newAct();
    const act = this.act;
    await attempt(async () => {
      const { message, awaitsAnswer } = await api.say(channel, { id: act, text: written, thread });
      if (this.field.value === written) this.fill("");
      keepNew(message);
      if (awaitsAnswer && !isAnswered(message)) setWorking(channel, true);
    }, undefined, "not_sent");
    this.isSending = false;
    const { next } = this;
    this.next = "";
    if (next !== written && next === this.field.value) await this.send();
  }
}
