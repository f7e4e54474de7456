// The keyboard that the bot put under the composer: buttons that write for the person, or let them choose people.

import { h, iconButton } from "./dom.js";
import { choosePeople } from "./picker.js";

export class ReplyKeyboard {
  constructor(model, actions) {
    this.model = model;
    this.actions = actions;
    this.toggle = iconButton("keys", "Show or hide the bot's keyboard", {
      hidden: true,
      "aria-controls": "reply-keyboard",
      "data-testid": "keyboard-toggle",
      onclick: () => this.#turn(),
    });
    this.root = h("div", { id: "reply-keyboard", class: "tray", role: "group", "aria-label": "The bot's keyboard", hidden: true, "data-testid": "reply-keyboard" });
    this.turned = new Map(); // what a person did with the toggle: open or not
  }

  // `possible`: whether one can write here at all.
  render(chat, possible) {
    const { model } = this;
    const shown = possible ? model.interfaceOf(chat, model.ui.actor) : null;
    this.shown = shown?.markup.keyboard ? shown : null;
    this.key = `${model.ui.actor}:${chat.id}:${shown?.message_id}:${shown?.used}`;
    this.toggle.hidden = !this.shown || Boolean(this.shown.markup.is_persistent && !this.shown.used);
    this.root.hidden = !this.open;
    this.toggle.setAttribute("aria-expanded", String(this.open));
    const drawn = this.open ? this.key : "";
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    this.root.classList.toggle("tray-tall", !shown?.markup.resize_keyboard);
    this.root.replaceChildren(...(this.open ? shown.markup.keyboard.map((row) => this.#row(row)) : []));
  }

  get open() {
    return this.shown !== null && (this.turned.get(this.key) ?? !this.shown.used);
  }

  #row(row) {
    return h(
      "div",
      { class: "tray-row" },
      row.map((button) =>
        h("button", { type: "button", class: `key ${button.style ? `key-${button.style}` : ""}`, onclick: () => this.#press(button) }, h("bdi", {}, button.text)),
      ),
    );
  }

  #turn() {
    this.turned.set(this.key, !this.open);
    this.model.changed();
  }

  async #press(button) {
    const { actions } = this;
    if (!button.request_users) return actions.key(button.text);
    const chosen = await choosePeople(this.model, button.request_users);
    return chosen && actions.shareUsers(button.request_users.request_id, chosen);
  }
}
