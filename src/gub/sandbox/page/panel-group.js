// The chosen chat's members and rights, and making new groups and people.

import { avatar, h, icon, iconButton, reconcile } from "./dom.js";
import { fullName, isGroup } from "./model.js";
import { confirmed } from "./toasts.js";

const ROLES = { creator: "owner", administrator: "admin", member: "", restricted: "restricted" };

export class GroupTab {
  constructor({ model, actions }) {
    this.model = model;
    this.actions = actions;
    this.chatPart = h("div", {});
    this.members = h("div", { class: "members", role: "list", "aria-label": "Members" });
    this.title = h("input", { id: "group-title", maxlength: "128", autocomplete: "off", "data-testid": "group-title" });
    this.add = h("select", { id: "group-add", "data-testid": "group-add" });
    this.botRow = h("div", { class: "member member-bot" });
    this.extra = h("div", { class: "buttons" });
    this.topic = h("input", { id: "topic-name", maxlength: "128", placeholder: "Raids", autocomplete: "off", "data-testid": "topic-name" });
    this.topicForm = this.#form("", "topic", "Open the topic", h("label", { for: "topic-name" }, "Topic"), this.topic, () => this.#openTopic());
    this.groupPart = h(
      "div",
      { hidden: true },
      this.#form("card", "rename", "Rename", h("label", { for: "group-title" }, "Title"), this.title, () => this.#act("rename_chat", { title: this.title.value, by: this.#by() })),
      h("section", { class: "card" }, h("h3", {}, "The bot"), this.botRow),
      h(
        "section",
        { class: "card" },
        h("h3", {}, "People"),
        this.members,
        this.#form("", "add", "Add to the group", h("label", { for: "group-add", class: "visually-hidden" }, "Person"), this.add, () => this.#act("join", { user: Number(this.add.value), by: this.#by() })),
      ),
      h("section", { class: "card" }, h("h3", {}, "What groups go through"), this.topicForm, this.extra),
    );
    this.privatePart = h("section", { class: "card", hidden: true });
    this.root = h("div", {}, this.groupPart, this.privatePart, this.#newGroup(), this.#newPerson());
  }

  #form(cls, name, verb, label, field, run) {
    const button = h("button", { class: "button button-small", "data-testid": `group-${name}-do` }, verb);
    return h(
      "form",
      {
        class: `row ${cls}`,
        onsubmit: (event) => {
          event.preventDefault();
          if (field.value) run();
        },
      },
      label,
      field,
      button,
    );
  }

  // Who does it: whoever one acts as, if the group lets them; else the sandbox takes its owner.
  #by() {
    const { chat, ui } = this.model;
    return this.model.isAdmin(chat, ui.actor) ? ui.actor : undefined;
  }

  #act(action, fields) {
    return this.actions.do(action, { chat: this.model.chat.id, ...fields });
  }

  render() {
    const { model } = this;
    const chat = model.chat;
    const group = Boolean(chat && isGroup(chat));
    this.groupPart.hidden = !group;
    this.privatePart.hidden = group || !chat;
    if (group) this.#group(chat);
    else if (chat) this.#private(chat);
    this.#people();
  }

  #group(chat) {
    const { model } = this;
    if (document.activeElement !== this.title && this.titleOf !== chat.id + chat.title) {
      this.titleOf = chat.id + chat.title;
      this.title.value = chat.title;
    }
    reconcile(this.members, model.members(chat), {
      key: (member) => member.user_id,
      signature: (member) => JSON.stringify([chat.id, member, model.name(member.user_id), model.ui.actor]),
      build: (member) => this.#member(chat, member),
    });
    const out = [...model.users.values()].filter((user) => !model.isMember(chat, user.id));
    this.add.form.hidden = !out.length;
    this.topicForm.hidden = !chat.forum;
    reconcile(this.add, out, { key: (user) => user.id, signature: fullName, build: (user) => h("option", { value: String(user.id) }, fullName(user)) });
    const botKey = JSON.stringify([chat.id, chat.bot, chat.bot_status, model.bot.first_name, model.ui.actor, chat.type, chat.forum]);
    if (this.botKey !== botKey) {
      this.botKey = botKey;
      this.#bot(chat);
    }
  }

  #member(chat, member) {
    const { model } = this;
    const id = member.user_id;
    const name = model.name(id);
    const admin = model.isAdmin(chat, id);
    const creator = member.status === "creator";
    const button = (label, title, action, testid) =>
      h("button", { type: "button", class: "button button-small button-quiet", title, "data-testid": testid, "data-focus": testid, onclick: () => action() }, label);
    return h(
      "div",
      { class: "member", role: "listitem", "data-testid": `member-${id}` },
      avatar(id, name, { size: "avatar-small" }),
      h("span", { class: "member-name" }, h("bdi", {}, name), ROLES[member.status] ? h("span", { class: "role" }, ROLES[member.status]) : null),
      creator ? null : button(admin ? "Demote" : "Promote", admin ? `Make ${name} a plain member` : `Make ${name} an admin`, () => this.#act(admin ? "demote" : "promote", { user: id, by: this.#by() }), `promote-${id}`),
      id === model.ui.actor
        ? button("Leave", "Leave this group", () => this.#act("leave", { user: id }), `leave-${id}`)
        : button("Kick", `Remove ${name}`, () => this.#act("kick", { user: id, by: this.#by() }), `kick-${id}`),
    );
  }

  #bot(chat) {
    const { model } = this;
    const inside = chat.bot !== "none";
    const admin = chat.bot === "admin";
    const by = this.#by();
    const button = (label, testid, action, cls = "") => h("button", { type: "button", class: `button button-small ${cls}`, "data-testid": testid, "data-focus": testid, onclick: action }, label);
    this.botRow.replaceChildren(
      avatar(0, "", { bot: true, size: "avatar-small" }),
      h("span", { class: "member-name" }, h("bdi", {}, model.bot.first_name), admin ? h("span", { class: "role" }, "admin") : null, inside ? null : h("span", { class: "faint" }, " not in this group")),
      ...(inside
        ? [
            button(admin ? "Demote" : "Promote", "bot-promote", () => this.#act(admin ? "demote" : "promote", { user: model.bot.id, by }), "button-quiet"),
            button("Remove", "bot-remove", () => this.#act("remove_bot", { by }), "button-quiet"),
          ]
        : [button("Add the bot", "bot-add", () => this.#act("add_bot", { by: model.isMember(chat, model.ui.actor) ? model.ui.actor : undefined }), "button-primary")]),
    );
    const muted = chat.bot_status === "restricted";
    const more = [];
    if (inside && !admin && chat.type === "supergroup") {
      more.push(button(muted ? "Let the bot write" : "Mute the bot", "bot-mute", () => this.#act(muted ? "unrestrict_bot" : "restrict_bot", {}), "button-quiet"));
    }
    if (chat.type === "group") more.push(button("Make it a supergroup", "migrate", () => this.#migrate(), "button-quiet"));
    more.push(button("Delete the group", "delete-chat", () => this.#delete(), "button-danger"));
    this.extra.replaceChildren(...more);
  }

  async #openTopic() {
    if (await this.#act("open_topic", { name: this.topic.value, by: this.#by() })) this.topic.value = "";
  }

  async #delete() {
    const title = this.model.chat.title;
    if (await confirmed("Its people and messages are gone then.", { title: `Delete “${title}”?`, yes: "Delete" })) await this.#act("delete_chat", {});
  }

  async #migrate() {
    const title = this.model.chat.title;
    const yes = await confirmed("Telegram gives the group a new id, as it does when a group grows. The bot has to follow.", { title: `Make “${title}” a supergroup?`, yes: "Make it one" });
    if (!yes) return;
    await this.#act("migrate", {}); // the model follows the group to its new id
  }

  #private(chat) {
    const { model } = this;
    const key = JSON.stringify([chat.id, chat.blocked, model.name(chat.id)]);
    if (this.privateKey === key) return;
    this.privateKey = key;
    const user = chat.private_user;
    this.privatePart.replaceChildren(
      h("h3", {}, "Private chat with the bot"),
      h("p", { class: "hint" }, chat.blocked ? "The bot cannot write here: it is blocked." : "Blocking tells the bot that it may not write here any more."),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", class: "button", "data-testid": "block", onclick: () => this.actions.do(chat.blocked ? "unblock" : "block", { user }) }, chat.blocked ? "Unblock the bot" : "Block the bot"),
        chat.blocked ? null : h("button", { type: "button", class: "button", "data-testid": "press-start", onclick: () => this.actions.start(user) }, "Send /start"),
      ),
    );
  }

  #newGroup() {
    this.newTitle = h("input", { id: "new-group-title", required: true, maxlength: "128", placeholder: "Raid night", autocomplete: "off", "data-testid": "new-group-title" });
    this.picks = h("div", { class: "picks", role: "group", "aria-label": "Members of the new group" });
    this.newKind = h("select", { id: "new-group-kind", "data-testid": "new-group-kind" }, ["group", "supergroup", "forum"].map((kind) => h("option", { value: kind }, kind)));
    this.newBot = h("input", { type: "checkbox", role: "switch", checked: true, "data-testid": "new-group-bot" });
    return h(
      "details",
      { class: "card card-form" },
      h("summary", {}, icon("plus"), "New group"),
      h(
        "form",
        {
          onsubmit: async (event) => {
            event.preventDefault();
            const members = [...this.picks.querySelectorAll("input:checked")].map((box) => Number(box.value));
            const kind = this.newKind.value;
            const fields = { title: this.newTitle.value, members, supergroup: kind !== "group", forum: kind === "forum", with_bot: this.newBot.checked };
            if (await this.actions.do("add_group", fields)) event.target.reset();
          },
        },
        h("div", { class: "row" }, h("label", { for: "new-group-title" }, "Title"), this.newTitle),
        h("div", { class: "row" }, h("label", { for: "new-group-kind" }, "Kind"), this.newKind),
        this.picks,
        h("label", { class: "switch" }, this.newBot, h("span", {}, "with the bot")),
        h("button", { class: "button", "data-testid": "new-group-add" }, "Make the group"),
      ),
    );
  }

  #newPerson() {
    const first = h("input", { id: "person-first", required: true, maxlength: "64", placeholder: "Dee", autocomplete: "off", "data-testid": "person-first" });
    const username = h("input", { id: "person-username", maxlength: "32", pattern: "[A-Za-z0-9_]{3,32}", placeholder: "optional", autocomplete: "off", "data-testid": "person-username" });
    return h(
      "details",
      { class: "card card-form" },
      h("summary", {}, icon("plus"), "New person"),
      h(
        "form",
        {
          onsubmit: async (event) => {
            event.preventDefault();
            const fields = { first_name: first.value };
            if (username.value) fields.username = username.value;
            if (await this.actions.do("add_user", fields)) event.target.reset();
          },
        },
        h("div", { class: "row" }, h("label", { for: "person-first" }, "Name"), first),
        h("div", { class: "row" }, h("label", { for: "person-username" }, "Username"), username),
        h("button", { class: "button", "data-testid": "person-add" }, "Add the person"),
      ),
    );
  }

  #people() {
    reconcile(this.picks, [...this.model.users.values()], {
      key: (user) => user.id,
      signature: fullName,
      build: (user) => h("label", { class: "pick" }, h("input", { type: "checkbox", value: String(user.id), checked: true }), h("bdi", {}, fullName(user))),
    });
  }
}
