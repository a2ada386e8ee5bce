// The blocks of a post as elements. The server knows which blocks exist: see bot/posts.py.

import { el } from "./dom.js";
import { text } from "./state.js";

export function blocks(list, onPress) {
  let level = 2; // the channel's own heading; a document's headings follow without a gap
  const draw = (block) => {
    switch (block.type) {
      case "heading":
        level = Math.min(block.level + 2, level + 1, 6);
        return el(`h${level}`, { class: `heading heading-${block.level}` }, inlines(block.inlines));
      case "spoken":
        return el("p", { class: "spoken" }, inlines(block.inlines));
      case "paragraph":
        return el("p", {}, inlines(block.inlines));
      case "context":
        return el("p", { class: "context" }, inlines(block.inlines));
      case "quote":
        return el("blockquote", {}, inlines(block.inlines));
      case "bullets":
        return el(block.isOrdered ? "ol" : "ul", {}, block.items.map(item));
      case "fold":
        return el(
          "details",
          {},
          el("summary", {}, inlines(block.summary)),
          el("div", { class: "unfolded" }, block.blocks.map(draw)),
        );
      case "picture":
        return picture(block);
      case "buttons":
        return el("div", { class: "post-buttons" }, block.buttons.map((button) => postButton(button, onPress)));
      case "select":
        return menu(block, onPress);
      default:
        return null;
    }
  };
  const item = (each) => el("li", {}, inlines(each.inlines), each.blocks.map(draw));
  return list.map(draw);
}

function inlines(list) {
  return list.map((inline) => {
    if (inline.url) return anchor(inline);
    if (inline.isMention) return el("span", { class: "mention" }, inline.text);
    let node = document.createTextNode(inline.text);
    if (inline.code) node = el("code", {}, node);
    if (inline.emphasis) node = el("em", {}, node);
    if (inline.strong) node = el("strong", {}, node);
    return node;
  });
}

function anchor({ text: label, url }) {
  // Checked by the server too: an address may only ever be of the web.
  if (!/^https?:\/\//i.test(url)) return document.createTextNode(label);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, label);
}

function picture({ url, alt }) {
  return el(
    "a",
    { class: "picture", href: url, target: "_blank", rel: "noopener", title: text("open_picture") },
    el("img", { src: url, alt }),
  );
}

function postButton(button, onPress) {
  const element = el("button", { type: "button", class: "button" }, button.label);
  element.addEventListener("click", async () => {
    if (element.getAttribute("aria-disabled")) return;
    element.setAttribute("aria-disabled", "true"); // `disabled` would drop the focus
    await onPress(button);
    element.removeAttribute("aria-disabled");
  });
  return element;
}

// Under the arrow keys a closed menu changes with every stroke: then the choice is made with Enter
// or by leaving the menu.
function menu({ label, action, choices, chosen }, onPress) {
  let standing = chosen;
  let isByKey = false;
  const option = ({ value, label: title }) => el("option", { value, selected: value === chosen }, title);
  const isOpen = choices.every(({ value }) => value !== chosen);
  const none = el("option", { value: chosen, selected: true, hidden: true }, text("choose"));
  const field = el("select", {}, isOpen ? none : null, choices.map(option));
  const choose = () => {
    if (field.value === standing) return;
    standing = field.value;
    onPress({ action, value: standing });
  };
  field.addEventListener("pointerdown", () => (isByKey = false));
  field.addEventListener("keydown", (event) => {
    isByKey = event.key !== " " && event.key !== "Enter" && !event.altKey; // these open it
    if (event.key === "Enter") choose();
  });
  field.addEventListener("change", () => isByKey || choose());
  field.addEventListener("blur", choose);
  return el("label", { class: "menu" }, label, el("span", { class: "menu-field" }, field));
}
