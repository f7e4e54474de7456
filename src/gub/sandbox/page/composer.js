// Where one writes: the field, the command menu, reply and edit, or the one button that makes writing possible.

import { h, icon, iconButton } from "./dom.js";
import { isGroup } from "./model.js";
import { ReplyKeyboard } from "./reply-keyboard.js";
import { plainText } from "./service.js";

export class Composer {
  constructor(model, actions) {
    this.model = model;
    this.actions = actions;
    this.menu = h("div", { class: "menu", role: "listbox", id: "command-menu", "aria-label": "Commands", hidden: true, "data-testid": "command-menu" });
    this.context = h("div", { class: "context", hidden: true, "data-testid": "context" });
    this.field = h("textarea", {
      id: "message-field",
      class: "field-message",
      rows: "1",
      placeholder: "Message",
      "aria-label": "Message",
      "aria-autocomplete": "list",
      "aria-controls": "command-menu",
      enterkeyhint: "send",
      autocomplete: "off",
      spellcheck: "false",
      dir: "auto",
      "data-testid": "composer",
    });
    this.anonymous = h("input", { type: "checkbox", "data-testid": "anonymous" });
    this.anonymousLabel = h("label", { class: "anonymous", hidden: true, title: "Write as the group: an anonymous admin" }, this.anonymous, "as the group");
    this.sendButton = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)", "data-testid": "send" }, icon("send"));
    this.keyboard = new ReplyKeyboard(model, actions);
    this.form = h(
      "form",
      { class: "composer-form" },
      iconButton("slash", "Commands", { onclick: () => this.#openMenu(), "data-testid": "open-commands" }),
      this.field,
      this.anonymousLabel,
      this.keyboard.toggle,
      this.sendButton,
    );
    this.instead = h("div", { class: "instead", hidden: true });
    this.root = h("footer", { class: "composer" }, this.menu, this.context, this.form, this.instead, this.keyboard.root);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("blur", () => setTimeout(() => this.#closeMenu(), 150));
    this.forced = new Set();
    this.choices = [];
    this.chosen = 0;
  }

  get draftKey() {
    return `${this.model.ui.actor}:${this.model.ui.chat}`;
  }

  render() {
    const { model } = this;
    const chat = model.chat;
    const instead = this.#insteadOf(chat);
    this.form.hidden = instead !== null;
    this.instead.hidden = instead === null;
    const insteadKey = instead ? `${this.draftKey}${instead.label}` : "";
    if (this.insteadKey !== insteadKey) {
      this.insteadKey = insteadKey;
      this.instead.replaceChildren(
        ...(instead ? [h("button", { type: "button", class: "button button-primary button-wide", "data-testid": "composer-action", onclick: instead.action }, instead.label)] : []),
      );
    }
    this.anonymousLabel.hidden = !(chat.type === "supergroup" && model.isAdmin(chat, model.ui.actor));
    if (this.anonymousLabel.hidden) this.anonymous.checked = false;
    if (this.shown !== this.draftKey) {
      this.shown = this.draftKey;
      this.field.value = model.ui.drafts.get(this.draftKey) ?? "";
      this.#grow();
      this.#closeMenu();
    }
    const name = model.name(model.ui.actor);
    this.keyboard.render(chat, instead === null);
    const shown = model.interfaceOf(chat, model.ui.actor);
    this.#forceReply(shown);
    const hint = shown?.used ? null : shown?.markup.input_field_placeholder;
    this.field.placeholder = hint ?? (isGroup(chat) ? `Write as ${name}` : `Message ${model.bot.first_name} as ${name}`);
    this.#renderContext(chat);
  }

  #insteadOf(chat) {
    const { model, actions } = this;
    const user = model.ui.actor;
    if (isGroup(chat)) {
      return model.isMember(chat, user) ? null : { label: `Join ${chat.title}`, action: () => actions.do("join", { user, chat: chat.id }) };
    }
    if (chat.blocked) return { label: "Unblock the bot", action: () => actions.do("unblock", { user }) };
    if (!chat.messages.length) return { label: "Start", action: () => actions.start(user) };
    return null;
  }

  // The bot may ask for a reply to its message: answering is set up once, and may be called off.
  #forceReply(shown) {
    if (!shown?.markup.force_reply) return;
    const key = `${this.draftKey}:${shown.message_id}`;
    if (this.forced.has(key)) return;
    this.forced.add(key);
    this.model.ui.replies.set(this.draftKey, shown.message_id);
  }

  reply(message) {
    this.model.ui.editing = null;
    this.model.ui.replies.set(this.draftKey, message.id);
    this.#renderContext(this.model.chat);
    this.field.focus();
  }

  startEdit(message) {
    this.model.ui.editing = message.id;
    this.field.value = message.text;
    this.#grow();
    this.#renderContext(this.model.chat);
    this.field.focus();
  }

  #renderContext(chat) {
    const { ui } = this.model;
    const id = ui.editing ?? ui.replies.get(this.draftKey);
    const message = id === undefined || id === null ? null : chat.byId.get(id);
    this.context.hidden = !message || message.deleted;
    const key = message ? `${ui.editing}:${id}` : "";
    if (this.contextKey === key) return;
    this.contextKey = key;
    this.context.replaceChildren();
    if (!message) return;
    const head = ui.editing ? "Edit message" : `Reply to ${this.model.sender(message).name}`;
    this.context.append(
      icon(ui.editing ? "edit" : "reply"),
      h("div", { class: "context-text" }, h("strong", {}, h("bdi", {}, head)), h("span", {}, message.service ? plainText(message, this.model) : message.text)),
      iconButton("close", "Cancel", { onclick: () => this.#dropContext() }),
    );
  }

  #dropContext() {
    const { ui } = this.model;
    if (ui.editing) {
      ui.editing = null;
      this.field.value = ui.drafts.get(this.draftKey) ?? "";
      this.#grow();
    }
    ui.replies.delete(this.draftKey);
    this.#renderContext(this.model.chat);
    this.field.focus();
  }

  async #send() {
    const { model, actions } = this;
    const text = this.field.value;
    if (!text.trim()) return;
    const editing = model.ui.editing ? model.chat.byId.get(model.ui.editing) : null;
    this.field.value = "";
    model.ui.drafts.delete(this.draftKey);
    model.ui.editing = null;
    this.#closeMenu();
    this.#grow();
    const done = editing ? await actions.edit(editing, text) : await actions.say(text, { anonymous: this.anonymous.checked });
    if (done === null && !this.field.value) this.field.value = text;
    this.#renderContext(model.chat);
  }

  #key(event) {
    if (event.isComposing) return;
    if (!this.menu.hidden) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        this.chosen = (this.chosen + step + this.choices.length) % this.choices.length;
        this.#markChosen();
        return;
      }
      if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !this.#isWhole())) {
        event.preventDefault();
        this.#take(this.choices[this.chosen]);
        return;
      }
      if (event.key === "Escape") {
        event.stopPropagation();
        this.#closeMenu();
        return;
      }
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape" && !this.context.hidden) {
      event.stopPropagation();
      this.#dropContext();
    } else if (event.key === "ArrowUp" && !this.field.value) {
      const { model } = this;
      const last = model.chat.messages.findLast((message) => model.sees(message) && !message.only && !message.service && model.sender(message).id === model.ui.actor);
      if (last) {
        event.preventDefault();
        this.startEdit(last);
      }
    }
  }

  #typed() {
    if (!this.model.ui.editing) this.model.ui.drafts.set(this.draftKey, this.field.value);
    this.#grow();
    const typed = /^\/([a-z0-9_]*)$/i.exec(this.field.value);
    if (typed) this.#showMenu(typed[1].toLowerCase());
    else this.#closeMenu();
  }

  #openMenu() {
    if (!this.field.value) this.field.value = "/";
    this.field.focus();
    this.#typed();
  }

  // Whether what is typed is a command in full, so that Enter sends it.
  #isWhole() {
    return this.model.commands.some((one) => `/${one.command}` === this.field.value.toLowerCase());
  }

  #showMenu(start) {
    this.choices = this.model.commands.filter((one) => one.command.startsWith(start));
    this.chosen = 0;
    this.menu.hidden = !this.choices.length;
    this.menu.replaceChildren(
      ...this.choices.map((one, index) =>
        h(
          "div",
          { class: "menu-item", role: "option", id: `command-${index}`, onmousedown: (event) => event.preventDefault(), onclick: () => this.#take(one) },
          h("strong", {}, `/${one.command}`),
          h("span", {}, one.description),
        ),
      ),
    );
    this.#markChosen();
  }

  #markChosen() {
    [...this.menu.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === this.chosen)));
    if (this.menu.hidden) return this.field.removeAttribute("aria-activedescendant");
    this.menu.children[this.chosen]?.scrollIntoView({ block: "nearest" });
    return this.field.setAttribute("aria-activedescendant", `command-${this.chosen}`);
  }

  #closeMenu() {
    this.menu.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  #take(choice) {
    this.field.value = `/${choice.command} `;
    this.#closeMenu();
    this.#grow();
    this.field.focus();
    this.model.ui.drafts.set(this.draftKey, this.field.value);
  }

  #grow() {
    this.field.style.height = "auto";
    const needed = this.field.scrollHeight; // 0 while the field is hidden, for its own height to be found later
    if (needed) this.field.style.height = `${Math.min(needed, 180)}px`;
  }
}
