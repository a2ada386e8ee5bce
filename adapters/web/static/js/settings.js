// Name, language and brightness, kept in this browser.

import * as api from "./api.js";
import { el, iconButton } from "./dom.js";
import { explain } from "./message.js";
import { state, text } from "./state.js";

let popover;

export function openSettings(opener) {
  popover ??= build();
  popover.showPopover({ source: opener });
  popover.querySelector("input").focus();
}

function build() {
  const name = el("input", { id: "name", value: state.me.name, maxlength: "40", autocomplete: "nickname", "aria-describedby": "name-help" });
  const trouble = el("p", { class: "name-trouble", role: "alert" }); // the page's own lies behind this dialog
  const form = el(
    "form",
    {},
    el("label", { for: "name" }, text("name_label")),
    el("div", { class: "name-row" }, name, el("button", { type: "submit", class: "button" }, text("save_name"))),
    el("p", { id: "name-help", class: "faint" }, text("name_help")),
    trouble,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      api.rememberName((await api.rename(name.value)).me.name);
      location.hash = "";
      location.reload();
    } catch (error) {
      trouble.textContent = explain(error);
    }
  });
  const element = el(
    "div",
    { class: "settings", popover: "auto", role: "dialog", "aria-labelledby": "settings-title" },
    el("h2", { id: "settings-title" }, text("settings")),
    iconButton("close", text("close"), { onclick: () => element.hidePopover() }),
    form,
    choices("language", text("language_label"), { ko: "한국어", en: "English" }, state.language, chooseLanguage),
    choices("theme", text("theme_label"), themes(), localStorage.getItem("jubo.theme") ?? "", chooseTheme),
  );
  document.body.append(element);
  return element;
}

function themes() {
  return { "": text("theme_auto"), light: text("theme_light"), dark: text("theme_dark") };
}

function choices(name, label, options, chosen, choose) {
  const option = ([value, title]) => {
    const input = el("input", { type: "radio", name, value, checked: value === chosen, onchange: () => choose(value) });
    return el("label", { class: "choice" }, input, el("span", { lang: name === "language" ? value : null }, title));
  };
  return el("fieldset", {}, el("legend", {}, label), el("div", { class: "choices" }, Object.entries(options).map(option)));
}

function chooseLanguage(language) {
  localStorage.setItem("jubo.language", language);
  location.reload();
}

function chooseTheme(theme) {
  if (theme) localStorage.setItem("jubo.theme", theme);
  else localStorage.removeItem("jubo.theme");
  document.documentElement.dataset.theme = theme;
}
