// Talks to the server that the page came from, and to nobody else.

export class ApiError extends Error {}

const tab = { name: sessionStorage.getItem("jubo.name") ?? "" };

export function rememberName(name) {
  tab.name = name;
  sessionStorage.setItem("jubo.name", name);
}

// An act's own id: sending it a second time changes nothing. (randomUUID needs a secure context.)
export function newAct() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function headers() {
  const language = localStorage.getItem("jubo.language");
  return {
    ...(tab.name && { "Jubo-Name": encodeURIComponent(tab.name) }),
    ...(language && { "Accept-Language": language }),
  };
}

async function call(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: { ...headers(), ...options.headers } });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ApiError(body.error ?? "");
  return body;
}

const write = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const start = () => call("/api/start");
export const messagesOf = async (channel) => (await call(`/api/channels/${encodeURIComponent(channel)}/messages`)).messages;
export const rename = (name) => write("/api/name", { name });
export const say = (channel, body) => write(`/api/channels/${encodeURIComponent(channel)}/messages`, body);
export const react = (message, emoji, isOn) =>
  write(`/api/messages/${message}/reactions`, { id: newAct(), emoji, isOn });
export const press = (message, button) =>
  write(`/api/messages/${message}/buttons`, { id: newAct(), action: button.action, value: button.value });

// Live updates. The browser reconnects by itself and names the last event it saw;
// only an answer that is no stream (a restart under way) is ours to try again.
export function listen(position, { onMessage, onReload, onState }) {
  let last = position;
  const open = () => {
    const source = new EventSource(`/api/live?${new URLSearchParams({ name: tab.name, after: last })}`);
    source.onopen = () => onState(true);
    source.onerror = () => {
      onState(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 2000);
    };
    source.addEventListener("message", (event) => {
      last = event.lastEventId;
      onMessage(JSON.parse(event.data));
    });
    source.addEventListener("reload", (event) => {
      last = event.lastEventId;
      onReload();
    });
  };
  open();
}
