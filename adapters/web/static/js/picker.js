// The emoji picker: one popover for all messages. Escape and a click outside are the browser's.

import { el } from "./dom.js";
import { state, text } from "./state.js";

const NAMES = {
  "🔖": "save", "📜": "paper", "🧑‍💻": "dev", "🗞️": "news", "🤪": "fun", "❌": "undo",
  "👍": "thumbs", "❤️": "heart", "🎉": "party", "🤔": "think", "👀": "eyes", "✅": "check",
};

let popover;
let choose = () => {};

export function openPicker(opener, onChoose) {
  popover ??= build();
  choose = (emoji) => {
    popover.hidePopover();
    opener.focus();
    onChoose(emoji);
  };
  popover.showPopover({ source: opener });
  place(opener.getBoundingClientRect());
  popover.querySelector("button").focus();
}

function build() {
  const element = el(
    "div",
    { class: "picker", popover: "auto", role: "dialog", "aria-label": text("picker") },
    el("p", { class: "picker-title", id: "picker-saving" }, text("picker_saving")),
    el("div", { class: "picker-saving", role: "group", "aria-labelledby": "picker-saving" }, state.emoji.saving.map(option)),
    el("p", { class: "picker-title", id: "picker-others" }, text("picker_others")),
    el("div", { class: "picker-others", role: "group", "aria-labelledby": "picker-others" }, state.emoji.others.map(option)),
  );
  element.addEventListener("keydown", move);
  document.body.append(element);
  return element;
}

function option(emoji) {
  const name = text(`emoji_${NAMES[emoji]}`);
  return el(
    "button",
    { type: "button", "aria-label": `${emoji} ${name}`, title: name, "data-emoji": emoji, onclick: () => choose(emoji) },
    el("span", { class: "emoji" }, emoji),
    el("span", { class: "emoji-name" }, name),
  );
}

// Left and right go through all emoji, up and down to the other group.
function move(event) {
  const groups = [...popover.querySelectorAll("[role=group]")].map((group) => [...group.children]);
  const here = document.activeElement;
  const all = groups.flat();
  const group = groups.find((each) => each.includes(here));
  const other = groups.find((each) => each !== group);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  let next;
  if (step) next = all[(all.indexOf(here) + step + all.length) % all.length];
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") next = other[Math.min(group.indexOf(here), other.length - 1)];
  else return;
  event.preventDefault();
  next.focus();
}

function place(anchor) {
  const { width, height } = popover.getBoundingClientRect();
  const left = Math.max(12, Math.min(anchor.right - width, innerWidth - width - 12));
  const below = anchor.bottom + 8;
  const top = below + height < innerHeight - 12 ? below : Math.max(12, anchor.top - height - 8);
  popover.style.left = `${left}px`;
  popover.style.top = `${top}px`;
}
