// What the page knows. Views subscribe to the kinds of change they show.

const listeners = new Map();

export const state = {
  me: { id: "", name: "" },
  bot: "",
  language: "en",
  channels: [],
  commands: [],
  emoji: { saving: [], others: [] },
  texts: {},
  channel: "",
  thread: null,
  unread: new Map(),
  working: new Map(),
};

const messages = new Map(); // by channel, then by id, in order of arrival
const names = new Map();

export function on(kind, listener) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}

export function emit(kind, value) {
  for (const listener of listeners.get(kind) ?? []) listener(value);
}

// A sentence in the page's language; `{name}` in it stands for a value.
export function text(key, values = {}) {
  return (state.texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function channelName(channel) {
  return channel.isDirect ? text("bot_name") : channel.id;
}

export function currentChannel() {
  return state.channels.find((channel) => channel.id === state.channel);
}

export function nameOf(member) {
  if (member === state.me.id) return text("you");
  if (member === state.bot) return text("bot_name");
  return names.get(member) ?? text("someone");
}

export function allIn(channel) {
  return [...(messages.get(channel)?.values() ?? [])];
}

export const heads = (channel) => allIn(channel).filter((message) => !message.thread);
export const replies = (channel, head) => allIn(channel).filter((message) => message.thread === head);
export const find = (id) => messages.get(state.channel)?.get(id);

// What was loaded may be older than what came live meanwhile: the live ones win.
export function replaceAll(channel, list, liveMeanwhile) {
  messages.set(channel, new Map(list.map((message) => [message.id, message])));
  for (const message of list) names.set(message.who, message.name);
  for (const message of liveMeanwhile) if (message.channel === channel) messages.get(channel).set(message.id, message);
}

// Keeps a message as it looks now and tells the views whether what it says is new.
export function keep(message) {
  names.set(message.who, message.name);
  const known = messages.get(message.channel);
  const before = known?.get(message.id);
  const isNew = !before;
  const isSaid = isNew || JSON.stringify(before.blocks) !== JSON.stringify(message.blocks);
  known?.set(message.id, message);
  if (isNew && message.isBot) setWorking(message.channel, false);
  if (isNew && message.channel !== state.channel && !message.thread) addUnread(message.channel);
  emit("message", { message, isSaid });
}

// The answer to our own writing. Live updates may have brought a newer look of it already.
export function keepNew(message) {
  if (!messages.get(message.channel)?.has(message.id)) keep(message);
}

// An answer may overtake the confirmation of what it answers.
export function isAnswered(message) {
  const all = allIn(message.channel); // in the order of arrival: a clock may have been set back
  return all.slice(all.findIndex((each) => each.id === message.id) + 1).some((each) => each.isBot);
}

export function openChannel(channel) {
  state.channel = channel;
  state.thread = null;
  state.unread.delete(channel);
  emit("channel");
  emit("thread");
}

export function openThread(id) {
  state.thread = id;
  emit("thread");
}

// The bot was spoken to. After a while the page says that it takes longer; the answer ends it.
export function setWorking(channel, isWorking) {
  clearTimeout(state.working.get(channel)?.timer);
  if (isWorking) {
    const timer = setTimeout(() => {
      state.working.set(channel, { isLate: true });
      emit("working");
    }, 20_000);
    state.working.set(channel, { isLate: false, timer });
  } else {
    state.working.delete(channel);
  }
  emit("working");
}

function addUnread(channel) {
  state.unread.set(channel, (state.unread.get(channel) ?? 0) + 1);
  emit("unread");
}
