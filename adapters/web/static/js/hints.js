// What to try first. A hint that was tried is gone for good, and so are all once they were hidden.

import { el, iconButton } from "./dom.js";
import { toggleReaction } from "./message.js";
import { heads, on, state, text } from "./state.js";

const TRIED = "jubo.tried";
const tried = new Set(JSON.parse(localStorage.getItem(TRIED) ?? "[]"));

export class Hints {
  constructor({ fill }) {
    this.acts = { save: saveNewest, digest: () => fill(text("try_digest")), ask: () => fill(text("try_ask")) };
    this.list = el("ul");
    this.element = el(
      "section",
      { class: "hints", "aria-labelledby": "hints-title", hidden: true },
      el("h3", { id: "hints-title" }, text("hints")),
      iconButton("close", text("hide_hints"), { onclick: () => this.forget(...Object.keys(this.acts)) }),
      this.list,
    );
    on("channel", () => this.draw());
    on("message", ({ message }) => this.notice(message));
    this.draw();
  }

  draw() {
    const left = Object.keys(this.acts).filter((key) => !tried.has(key));
    this.list.replaceChildren(...left.map((key) => this.hint(key)));
    this.element.hidden = left.length === 0 || state.channel !== state.channels[0]?.id;
  }

  hint(key) {
    const act = () => {
      this.forget(key);
      this.acts[key]();
    };
    const button = el("button", { type: "button", class: "button", onclick: act }, text(`try_${key}`));
    return el("li", {}, el("span", { class: "hint-text" }, text(`hint_${key}`)), button);
  }

  // Whoever does it unasked needs no hint.
  notice(message) {
    const isMine = message.who === state.me.id;
    if (isSaved(message)) this.forget("save");
    if (isMine && said(message).startsWith("/digest")) this.forget("digest");
    if (isMine && inlines(message).some((each) => each.isMention)) this.forget("ask");
  }

  forget(...keys) {
    if (keys.every((key) => tried.has(key))) return;
    const hadFocus = this.element.contains(document.activeElement);
    for (const key of keys) tried.add(key);
    localStorage.setItem(TRIED, JSON.stringify([...tried]));
    this.draw();
    if (hadFocus) document.getElementById("text").focus();
  }
}

const inlines = (message) => message.blocks.flatMap((block) => block.inlines ?? []);
const said = (message) => inlines(message).map((each) => each.text).join("");
const isSaved = (message) => message.reactions.some((each) => each.emoji === "🔖" && each.who.includes(state.me.id));

function saveNewest() {
  const hasLink = (message) => !message.isBot && inlines(message).some((each) => each.url);
  const message = heads(state.channel).findLast((each) => hasLink(each) && !isSaved(each));
  if (!message) return;
  document.querySelector(`[data-id="${CSS.escape(message.id)}"]`)?.scrollIntoView({ block: "center" });
  toggleReaction(message.id, "🔖", true);
}
