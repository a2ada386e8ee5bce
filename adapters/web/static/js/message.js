// One message: who, when, what, its reactions and its thread.

import * as api from "./api.js";
import { blocks } from "./blocks.js";
import { el, icon, iconButton } from "./dom.js";
import { openPicker } from "./picker.js";
import { emit, nameOf, openThread, replies, setWorking, state, text } from "./state.js";

const pending = new Set(); // reactions that the server has not answered yet: a double click is one
const drawn = new WeakMap(); // by element: the blocks that it shows, as JSON

export function messageElement(message, { isHead = true } = {}) {
  const name = message.isBot ? text("bot_name") : message.name;
  const element = el(
    "li",
    { class: `message${message.isBot ? " from-bot" : ""}`, "data-id": message.id, "data-who": message.who, "data-at": message.at },
    avatar(message, name),
    el(
      "div",
      { class: "message-body" },
      el(
        "div",
        { class: "byline" },
        el("span", { class: "name" }, name),
        message.isBot ? el("span", { class: "badge" }, text("bot_badge")) : null,
        el("time", { datetime: message.at }, clock(message.at)),
        message.isOnlyYours ? el("span", { class: "only-you" }, text("only_you")) : null,
      ),
      el("div", { class: "content" }),
      el("div", { class: "reactions" }),
      el("div", { class: "thread-link" }),
    ),
    actions(message, isHead),
  );
  update(element, message, { isHead });
  return element;
}

// Draws again only what changed about a message, so that folds stay open and focus stays put.
export function update(element, message, { isHead = true } = {}) {
  showContent(element, message);
  const focused = document.activeElement?.dataset?.emoji;
  const bar = element.querySelector(".reactions");
  const hadFocus = bar.contains(document.activeElement);
  bar.replaceChildren(...message.reactions.map((reaction) => reactionButton(message.id, reaction)));
  if (hadFocus) (bar.querySelector(`[data-emoji="${focused}"]`) ?? element.querySelector(".actions button")).focus();
  if (isHead) showReplies(element, message);
}

function showContent(element, message) {
  const wanted = JSON.stringify(message.blocks);
  if (drawn.get(element) === wanted) return;
  drawn.set(element, wanted);
  const press = async (button) => {
    setWorking(message.channel, true);
    await attempt(() => api.press(message.id, button), () => setWorking(message.channel, false));
  };
  const content = element.querySelector(".content");
  const hadFocus = content.contains(document.activeElement);
  const unfolded = new Set([...content.querySelectorAll("details[open] > summary")].map(({ textContent }) => textContent));
  if (message.language) content.lang = message.language;
  content.replaceChildren(...blocks(message.blocks, press));
  for (const fold of content.querySelectorAll("details")) fold.open = unfolded.has(fold.querySelector("summary").textContent);
  if (hadFocus) element.querySelector(".actions button").focus(); // what had it is no more
}

export function showReplies(element, message) {
  const list = replies(message.channel, message.id);
  const place = element.querySelector(".thread-link");
  if (place.dataset.count === String(list.length)) return;
  place.dataset.count = list.length;
  if (list.length === 0) return;
  place.replaceChildren(
    el(
      "button",
      { type: "button", class: "replies", onclick: () => openThread(message.id) },
      icon("reply"),
      text("replies", { count: list.length }),
      el("span", { class: "faint" }, clock(list.at(-1).at)),
    ),
  );
}

export async function toggleReaction(id, emoji, isOn) {
  const key = `${id} ${emoji}`;
  if (pending.has(key)) return;
  pending.add(key);
  await attempt(() => api.react(id, emoji, isOn));
  pending.delete(key);
}

export async function attempt(act, onFailure = () => {}, trouble = "try_again") {
  try {
    await act();
  } catch (error) {
    onFailure();
    emit("trouble", explain(error, trouble));
  }
}

export function explain(error, trouble = "try_again") {
  return error instanceof api.ApiError && error.message ? error.message : text(trouble);
}

function avatar(message, name) {
  if (message.isBot) return el("img", { class: "avatar", src: "/static/icon.svg", alt: "" });
  const hue = [...message.who].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 8, 0);
  return el("div", { class: `avatar hue-${hue}`, "aria-hidden": "true" }, [...name][0]?.toUpperCase() ?? "?");
}

function reactionButton(id, { emoji, who }) {
  const isMine = who.includes(state.me.id);
  const names = who.map(nameOf).join(", ");
  return el(
    "button",
    {
      type: "button",
      class: "reaction",
      "aria-pressed": String(isMine),
      title: names,
      "data-emoji": emoji,
      onclick: () => toggleReaction(id, emoji, !isMine),
    },
    el("span", { class: "emoji" }, emoji),
    el("span", { class: "reaction-count" }, String(who.length)),
    el("span", { class: "unseen" }, text("reaction_from", { names })),
  );
}

function actions(message, isHead) {
  const add = iconButton("react", text("react"), { "data-act": "react" });
  add.addEventListener("click", () => openPicker(add, (emoji) => toggleReaction(message.id, emoji, true)));
  const canReply = isHead && !message.isOnlyYours;
  const reply = canReply ? iconButton("reply", text("reply"), { "data-act": "reply", onclick: () => openThread(message.id) }) : null;
  return el("div", { class: "actions", role: "group", "aria-label": text("actions") }, add, reply);
}

function clock(at) {
  return new Date(at).toLocaleTimeString(state.language, { hour: "numeric", minute: "2-digit" });
}
