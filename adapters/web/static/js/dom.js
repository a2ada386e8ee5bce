// Builds elements. Texts go in as text nodes only, so nothing anybody wrote becomes markup.

export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const phone = matchMedia("(max-width: 720px)"); // as in layout.css

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h10",
  close: "M6 6l12 12M18 6L6 18",
  send: "M5 12h13M12.5 6l6 6-6 6",
  react: "M20.5 11.2A8.6 8.6 0 1 1 12.8 3.5M8.4 14.2c1.7 2.6 5.5 2.6 7.2 0M9 9.6v.1M15 9.6v.1M19 2.8v5M16.5 5.3h5",
  reply: "M20 12.2c0 4-3.6 7-8 7-1.2 0-2.4-.2-3.4-.6L4.5 20l1.2-3.6A6.6 6.6 0 0 1 4 12.2c0-4 3.6-7 8-7s8 3 8 7z",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.7v4.6M9 14.7v4.6",
  down: "M12 5v13M6.5 13l5.5 5.5 5.5-5.5",
  hash: "M9.5 4l-2 16M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  chat: "M4 6.500h16v10H9.500L5.5 20v-3.500H4z",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, properties = {}) {
  return el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, ...properties }, icon(name));
}

// The screen reader's ear. An unchanged text would not be read again, hence the reset.
export function announce(text) {
  const place = document.getElementById("announcer");
  place.textContent = "";
  requestAnimationFrame(() => (place.textContent = text));
}
