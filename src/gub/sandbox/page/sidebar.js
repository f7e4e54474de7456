// Left: whom one acts as, and that person's chats.

import { arrowKeys, avatar, h, icon, reconcile } from "./dom.js";
import { clock } from "./format.js";
import { fullName, isGroup } from "./model.js";
import { plainText } from "./service.js";

export class Sidebar {
  constructor(model, actions) {
    this.model = model;
    this.actions = actions;
    this.people = h("div", { class: "rail-people", role: "radiogroup", "aria-label": "Act as" });
    document.getElementById("rail").append(
      h("span", { class: "brand", title: "GUB sandbox" }, icon("pad")),
      this.people,
    );
    this.heading = h("h1", { class: "chats-who" });
    this.note = h("p", { class: "chats-note" });
    this.list = h("div", { class: "chats-list", role: "listbox", "aria-label": "Chats of this person" });
    document.getElementById("chats").append(h("header", { class: "chats-head" }, h("p", { class: "eyebrow" }, "You act as"), this.heading, this.note), this.list);
    arrowKeys(this.people, "button", { select: true });
    arrowKeys(this.list, "button");
  }

  render() {
    const { model } = this;
    const actor = model.ui.actor;
    reconcile(this.people, [...model.users.values()], {
      key: (user) => user.id,
      signature: (user) => JSON.stringify([fullName(user), user.username, user.id === actor, model.pushesOf(user.id)]),
      build: (user) => this.#person(user),
    });
    if (model.actor) {
      this.heading.textContent = fullName(model.actor);
      this.note.textContent = model.actor.username ? `@${model.actor.username}` : "no username";
    }
    const chats = actor === null ? [] : model.chatsOf(actor);
    reconcile(this.list, chats, {
      key: (chat) => chat.id,
      signature: (chat) => JSON.stringify([actor, model.ui.chat === chat.id, ...this.#facts(chat)]),
      build: (chat) => this.#chat(chat),
    });
  }

  #person(user) {
    const { model } = this;
    const pushes = model.pushesOf(user.id);
    const chosen = user.id === model.ui.actor;
    const name = fullName(user);
    return h(
      "button",
      {
        type: "button",
        class: `person ${chosen ? "person-chosen" : ""}`,
        role: "radio",
        "aria-checked": String(chosen),
        tabindex: chosen ? "0" : "-1",
        title: `Act as ${name}`,
        "aria-label": `Act as ${name}${pushes ? `, ${pushes} notifications` : ""}`,
        "data-testid": `person-${user.id}`,
        "data-focus": "person",
        onclick: () => model.choose({ actor: user.id }),
      },
      avatar(user.id, name),
      h("span", { class: "person-name" }, h("bdi", {}, user.first_name)),
      pushes ? h("span", { class: "badge badge-push badge-corner", "data-testid": `pushes-${user.id}` }, String(pushes)) : null,
    );
  }

  #facts(chat) {
    const { model } = this;
    const last = chat.messages.findLast((message) => model.sees(message));
    const unread = model.unread(model.ui.actor, chat);
    return [model.title(chat), last?.id, last?.text, last?.edited, chat.blocked, chat.bot, model.isMember(chat, model.ui.actor), unread.count, unread.pushes];
  }

  #chat(chat) {
    const { model } = this;
    const chosen = model.ui.chat === chat.id;
    const member = model.isMember(chat, model.ui.actor);
    const unread = model.unread(model.ui.actor, chat);
    const last = chat.messages.findLast((message) => model.sees(message));
    const title = model.title(chat);
    return h(
      "button",
      {
        type: "button",
        class: `chat-row ${chosen ? "chat-row-chosen" : ""} ${member ? "" : "chat-row-out"}`,
        role: "option",
        "aria-selected": String(chosen),
        tabindex: chosen ? "0" : "-1",
        "data-testid": `chat-${chat.id}`,
        "data-focus": "chat",
        onclick: () => model.choose({ chat: chat.id, view: "chat" }),
      },
      isGroup(chat) ? avatar(chat.id, title, { group: true }) : avatar(0, "", { bot: true }),
      h(
        "span",
        { class: "chat-row-text" },
        h("span", { class: "chat-row-top" }, h("bdi", { class: "chat-row-title" }, title), last && member ? h("time", {}, clock(last.date)) : null),
        h(
          "span",
          { class: "chat-row-bottom" },
          h("span", { class: "chat-row-last" }, member ? this.#preview(chat, last) : "You are not in this group"),
          unread.pushes && member ? h("span", { class: "badge badge-push", title: "notified you", "aria-label": `${unread.pushes} notifications` }, icon("bell")) : null,
          unread.count && member ? h("span", { class: "badge", "aria-label": `${unread.count} unread` }, String(unread.count)) : null,
        ),
      ),
    );
  }

  #preview(chat, last) {
    const { model } = this;
    if (!last) return isGroup(chat) ? "No messages yet" : "Say hello to the bot";
    if (last.service) return plainText(last, model);
    const sender = model.sender(last);
    const who = sender.id === model.ui.actor ? "You: " : isGroup(chat) ? `${sender.name}: ` : "";
    return `${who}${last.text}`.slice(0, 120).replace(/\s+/g, " ");
  }
}
