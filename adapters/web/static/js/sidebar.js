// The channels, with what is unread, and the way to the settings. A drawer on a phone.

import { el, icon, iconButton, phone } from "./dom.js";
import { channelName, on, openChannel, state, text } from "./state.js";


export class Sidebar {
  constructor({ onSettings }) {
    this.links = el("div", { class: "channels" });
    this.me = el("button", { type: "button", class: "me", onclick: () => onSettings(this.me) });
    this.close = iconButton("close", text("close_menu"), { class: "icon-button only-phone", onclick: () => this.toggle(false) });
    this.element = el(
      "nav",
      { class: "sidebar", id: "sidebar", "aria-label": text("channels") },
      el(
        "div",
        { class: "brand" },
        el("img", { src: "/static/icon.svg", alt: "" }),
        el("p", {}, text("title")),
        this.close,
      ),
      this.links,
      this.me,
    );
    this.backdrop = el("div", { class: "backdrop", onclick: () => this.toggle(false) });
    this.menu = iconButton("menu", text("open_menu"), {
      class: "icon-button only-phone",
      "aria-controls": "sidebar",
      onclick: () => this.toggle(true),
    });
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
    phone.addEventListener("change", () => this.toggle(false));
    on("channel", () => this.draw());
    on("unread", () => this.draw());
    this.draw();
    this.toggle(false);
  }

  toggle(isOpen) {
    const hadFocus = this.element.contains(document.activeElement);
    this.element.classList.toggle("is-open", isOpen);
    this.backdrop.classList.toggle("is-open", isOpen);
    this.element.inert = phone.matches && !isOpen;
    this.menu.setAttribute("aria-expanded", String(isOpen));
    if (!phone.matches) return;
    if (isOpen) this.close.focus();
    else if (hadFocus) this.menu.focus();
  }

  draw() {
    const focused = document.activeElement?.dataset?.channel;
    this.links.replaceChildren(
      el("h2", { id: "open-channels" }, text("channels")),
      this.group("open-channels", (channel) => !channel.isDirect),
      el("h2", { id: "direct-channels" }, text("direct")),
      this.group("direct-channels", (channel) => channel.isDirect),
    );
    if (focused) this.links.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
    this.me.replaceChildren(
      el("span", { class: "me-name" }, state.me.name),
      icon("settings"),
      el("span", { class: "unseen" }, text("settings")),
    );
  }

  group(label, wanted) {
    return el("ul", { "aria-labelledby": label }, state.channels.filter(wanted).map((channel) => this.item(channel)));
  }

  item(channel) {
    const unread = state.unread.get(channel.id);
    const button = el(
      "button",
      {
        type: "button",
        class: `channel${unread ? " is-unread" : ""}`,
        "aria-current": channel.id === state.channel ? "page" : null,
        "data-channel": channel.id,
        onclick: () => {
          this.toggle(false);
          openChannel(channel.id);
        },
      },
      channel.isDirect ? el("img", { class: "mini", src: "/static/icon.svg", alt: "" }) : icon("hash"),
      el("span", { class: "channel-name" }, channelName(channel)),
      unread ? el("span", { class: "count", "aria-hidden": "true" }, String(unread)) : null,
      unread ? el("span", { class: "unseen" }, text("unread", { count: unread })) : null,
    );
    return el("li", {}, button);
  }
}
