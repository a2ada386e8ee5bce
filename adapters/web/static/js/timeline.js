// A list of messages: days, runs of one person's messages, scrolling.

import { el } from "./dom.js";
import { messageElement, showReplies, update } from "./message.js";
import { state, text } from "./state.js";

const RUN_MS = 5 * 60_000;
const NEAR_PX = 80;

export class Timeline {
  constructor({ isThread = false, id = null } = {}) {
    this.isThread = isThread;
    this.list = el("ol", { class: "messages" });
    this.jump = el("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd() }, text("new_messages"), " ↓");
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "region", id }, this.list);
    this.element = el("div", { class: "timeline" }, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.isAtEnd() && (this.jump.hidden = true), { passive: true });
    // A picture arrives after its post was put in place, unless the reader went elsewhere meanwhile.
    this.list.addEventListener("load", () => this.scroller.scrollTop === this.settledAt && this.reveal(this.list.lastElementChild), true);
  }

  show(messages, { label, empty = "" }) {
    this.scroller.setAttribute("aria-label", label);
    this.list.replaceChildren();
    this.jump.hidden = true;
    this.empty = empty ? el("li", { class: "empty" }, empty) : null;
    if (messages.length === 0 && this.empty) this.list.append(this.empty);
    for (const message of messages) this.append(message);
    this.toEnd();
  }

  put(message) {
    const known = this.elementOf(message.id);
    if (known) {
      const wasAtEnd = this.isAtEnd();
      update(known, message, { isHead: !this.isThread });
      if (wasAtEnd) this.reveal(this.list.lastElementChild);
      return;
    }
    const wasAtEnd = this.isAtEnd();
    const element = this.append(message);
    if (wasAtEnd || message.who === state.me.id) this.reveal(element);
    else this.jump.hidden = false;
  }

  // A thread grew: its head shows how many replies there are.
  countReplies(head) {
    const element = this.elementOf(head.id);
    const wasAtEnd = this.isAtEnd();
    if (element) showReplies(element, head);
    if (wasAtEnd) this.reveal(this.list.lastElementChild);
  }

  append(message) {
    this.empty?.remove();
    const last = this.list.lastElementChild;
    const element = messageElement(message, { isHead: !this.isThread });
    if (!this.isThread && !isSameDay(last?.dataset.at, message.at)) this.list.append(day(message.at));
    else if (isRun(last, message)) element.classList.add("continued");
    this.list.append(element);
    return element;
  }

  // Shows the end of the list, but never scrolls past the beginning of a long post.
  reveal(element) {
    this.toEnd();
    const top = element.offsetTop - 24;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    this.settledAt = this.scroller.scrollTop;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.settledAt = this.scroller.scrollTop;
    this.jump.hidden = true;
  }

  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  elementOf(id) {
    return this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }
}

function isSameDay(before, now) {
  return before !== undefined && new Date(before).toDateString() === new Date(now).toDateString();
}

function isRun(last, message) {
  return last?.dataset.who === message.who && !message.isBot && new Date(message.at) - new Date(last.dataset.at) < RUN_MS;
}

function day(at) {
  const date = new Date(at);
  const daysAgo = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  const long = date.toLocaleDateString(state.language, { month: "long", day: "numeric", weekday: "long" });
  const label = daysAgo === 0 ? text("today") : daysAgo === 1 ? text("yesterday") : long;
  return el("li", { class: "day", "data-at": at }, el("span", {}, label));
}
