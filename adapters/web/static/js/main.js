// Puts the page together: loads, draws, listens.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { announce, el, icon } from "./dom.js";
import { Hints } from "./hints.js";
import { openSettings } from "./settings.js";
import { Sidebar } from "./sidebar.js";
import { channelName, currentChannel, emit, find, heads, keep, nameOf, on, openChannel, replaceAll, state, text } from "./state.js";
import { Thread } from "./thread.js";
import { Timeline } from "./timeline.js";

const SPOKEN = 200; // characters of a new message that are read out
const live = []; // what came live since a channel began to load
const WITH_PURPOSE = new Set(["reading", "random"]);

async function main() {
  const started = await api.start();
  Object.assign(state, started);
  api.rememberName(state.me.name);
  document.documentElement.lang = state.language;
  document.title = text("title");
  document.querySelector(".skip").textContent = text("skip");
  build();
  api.listen(started.position, { onMessage: take, onReload: () => load(state.channel), onState: showConnection });
  addEventListener("hashchange", openFromAddress);
  openFromAddress();
}

function build() {
  const timeline = new Timeline({ id: "messages" });
  const composer = new Composer({ id: "text", where: () => ({ channel: state.channel, thread: null }) });
  const sidebar = new Sidebar({ onSettings: openSettings });
  const title = el("h2", { class: "channel-title" });
  const purpose = el("p", { class: "purpose" });
  const working = el("p", { class: "working" });
  const thread = new Thread();
  const hints = new Hints({ fill: (value) => composer.fill(value) });
  const main = el(
    "main",
    { class: "chat" },
    el("header", { class: "bar" }, sidebar.menu, el("div", { class: "titles" }, title, purpose)),
    el("p", { class: "banner", id: "connection", role: "status" }),
    timeline.element,
    working,
    hints.element,
    el("p", { class: "trouble", role: "alert" }),
    composer.element,
  );
  document.getElementById("app").append(sidebar.element, sidebar.backdrop, main, thread.element);

  on("channel", () => {
    const channel = currentChannel();
    const name = channelName(channel);
    history.replaceState(null, "", `#${encodeURIComponent(channel.id)}`);
    title.replaceChildren(channel.isDirect ? icon("chat") : icon("hash"), name);
    purpose.textContent = purposeOf(channel);
    composer.turnTo(channel.id, channel.isDirect ? text("message_to_bot") : text("message_to", { channel: `#${name}` }));
    load(channel.id);
  });
  on("loaded", () => {
    const channel = currentChannel();
    const empty = text(channel.isDirect ? "no_messages_direct" : "no_messages");
    timeline.show(heads(channel.id), { label: text("messages_of", { channel: channelName(channel) }), empty });
    emit("working");
  });
  on("message", ({ message, isSaid }) => {
    if (message.channel === state.channel) {
      const head = message.thread && find(message.thread);
      if (!message.thread) timeline.put(message);
      else if (head) timeline.countReplies(head);
    }
    if (isSaid && message.who !== state.me.id) readOut(message);
    showTrouble("");
  });
  on("working", () => showWorking(working));
  on("trouble", showTrouble);
}

function take(message) {
  live.push(message);
  if (live.length > 1000) live.shift();
  keep(message);
}

async function load(channel) {
  try {
    live.length = 0;
    const messages = await api.messagesOf(channel);
    if (channel !== state.channel) return;
    replaceAll(channel, messages, live);
    emit("loaded");
    emit("thread");
  } catch (error) {
    showTrouble(error.message || text("try_again"));
  }
}

function openFromAddress() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  const known = state.channels.find((channel) => channel.id === wanted);
  if (known ? known.id !== state.channel : !state.channel) openChannel((known ?? state.channels[0]).id);
}

function purposeOf(channel) {
  if (channel.isDirect) return text("channel_direct");
  return WITH_PURPOSE.has(channel.id) ? text(`channel_${channel.id}`) : "";
}

function readOut(message) {
  const element = document.querySelector(`[data-id="${CSS.escape(message.id)}"] .content`);
  if (element) announce(text("announce", { name: nameOf(message.who), text: element.innerText.slice(0, SPOKEN) }));
}

function showWorking(element) {
  const work = state.working.get(state.channel);
  const label = work ? text(work.isLate ? "still_working" : "working") : "";
  if (element.textContent === label) return;
  element.replaceChildren(...(work ? [el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), label] : []));
  if (label) announce(label);
}

function showConnection(isOpen) {
  const banner = document.getElementById("connection");
  const wasLost = banner.textContent !== "";
  banner.textContent = isOpen ? "" : text("offline");
  if (isOpen && wasLost) announce(text("online"));
}

function showTrouble(sentence) {
  document.querySelector(".trouble").textContent = sentence;
}

main();
