// A message with its replies, beside the channel; all of the screen on a phone.

import { Composer } from "./composer.js";
import { el, iconButton, phone } from "./dom.js";
import { find, on, openThread, replies, state, text } from "./state.js";
import { Timeline } from "./timeline.js";

export class Thread {
  constructor() {
    this.timeline = new Timeline({ isThread: true });
    this.composer = new Composer({ id: "thread-text", where: () => ({ channel: state.channel, thread: state.thread }) });
    this.close = iconButton("close", text("close_thread"), { onclick: () => openThread(null) });
    this.element = el(
      "aside",
      { class: "thread", "aria-labelledby": "thread-title", hidden: true },
      el("header", { class: "bar" }, el("h2", { id: "thread-title" }, text("thread")), this.close),
      this.timeline.element,
      this.composer.element,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) openThread(null);
    });
    phone.addEventListener("change", () => this.cover());
    on("thread", () => this.draw());
    on("message", ({ message }) => this.take(message));
  }

  draw() {
    const head = state.thread && find(state.thread);
    const wasOpen = !this.element.hidden;
    this.element.hidden = !head;
    this.cover();
    if (!head) {
      if (wasOpen) this.opener?.isConnected && this.opener.focus();
      return;
    }
    if (!wasOpen) this.opener = document.activeElement;
    this.timeline.show([head, ...replies(state.channel, head.id)], { label: text("thread_of") });
    this.toReplies();
    this.composer.turnTo(head.id, text("reply_here"));
    this.composer.field.focus({ preventScroll: true });
  }

  // A thread is read from its head, unless that fills the screen: the channel has just shown it.
  toReplies() {
    const { scroller, list } = this.timeline;
    const first = list.children[1]?.offsetTop ?? 0;
    scroller.scrollTop = first > scroller.clientHeight ? first - scroller.clientHeight / 3 : 0;
  }

  // On a phone the thread lies over the channel, which nobody can reach meanwhile.
  cover() {
    document.querySelector("main").inert = phone.matches && !this.element.hidden;
  }

  take(message) {
    if (!state.thread || message.channel !== state.channel) return;
    if (message.thread === state.thread || message.id === state.thread) this.timeline.put(message);
  }
}
