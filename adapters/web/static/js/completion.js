// Slash commands under the writing hand: filtered while typing, chosen by keys or pointer.

import { announce, el } from "./dom.js";
import { state, text } from "./state.js";

export class Completion {
  constructor(field, id) {
    this.field = field;
    this.options = [];
    this.index = 0;
    this.list = el("ul", { class: "completions", role: "listbox", id, "aria-label": text("commands"), hidden: true });
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", id);
    field.addEventListener("input", () => this.refresh());
    field.addEventListener("blur", () => this.close());
  }

  get isOpen() {
    return !this.list.hidden;
  }

  refresh() {
    const typed = /^\/([\w-]*)$/.exec(this.field.value);
    const count = this.options.length;
    this.options = typed ? state.commands.filter((command) => command.name.startsWith(typed[1].toLowerCase())) : [];
    this.index = 0;
    this.draw();
    if (this.isOpen && this.options.length !== count) announce(text("commands_found", { count: this.options.length }));
  }

  // Returns whether the key was for the list.
  handle(event) {
    if (!this.isOpen) return false;
    const size = this.options.length;
    if (event.key === "ArrowDown") this.index = (this.index + 1) % size;
    else if (event.key === "ArrowUp") this.index = (this.index + size - 1) % size;
    else if (event.key === "Escape") return this.close();
    else if (event.key === "Enter" && this.field.value === `/${this.options[this.index].name}`) return !this.close();
    else if (event.key === "Tab" || event.key === "Enter") return this.insert(this.options[this.index]);
    else return false;
    this.draw();
    return true;
  }

  insert(command) {
    this.field.value = `/${command.name} `;
    this.field.dispatchEvent(new Event("input"));
    return true;
  }

  close() {
    this.options = [];
    this.draw();
    return true;
  }

  draw() {
    this.list.hidden = this.options.length === 0;
    this.list.replaceChildren(...this.options.map((command, index) => this.option(command, index)));
    const active = this.list.children[this.index];
    if (active) this.field.setAttribute("aria-activedescendant", active.id);
    else this.field.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }

  option(command, index) {
    const element = el(
      "li",
      { role: "option", id: `${this.list.id}-${command.name}`, "aria-selected": String(index === this.index) },
      el("span", { class: "command-name" }, `/${command.name}`),
      el("span", { class: "command-help" }, command.help),
    );
    // The pointer must not take the focus from the field.
    element.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.insert(command);
    });
    return element;
  }
}
