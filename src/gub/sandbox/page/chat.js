// Centre: one chat with its messages.

import { avatar, h, icon, iconButton, reconcile } from "./dom.js";
import { Composer } from "./composer.js";
import { botPhase, counted, day, dayKey } from "./format.js";
import { isGroup } from "./model.js";
import { build, signature } from "./message.js";
import { PinnedBanner } from "./pinned.js";

const NEAR_END = 80;
const RUN_SECONDS = 600;

export class ChatView {
  constructor(model, actions) {
    this.model = model;
    this.actions = actions;
    this.title = h("h2", { class: "chat-title", "data-testid": "chat-title" });
    this.about = h("p", { class: "chat-about" });
    this.face = h("span", { class: "chat-face" });
    this.topics = h("div", { class: "topics", role: "tablist", "aria-label": "Topics", hidden: true });
    this.pinned = new PinnedBanner((id) => this.jump(id));
    this.timeline = h("div", { class: "timeline", tabindex: "0", "data-testid": "timeline" });
    this.empty = h("div", { class: "empty" });
    this.jumpButton = h("button", { type: "button", class: "jump", hidden: true, "aria-label": "Go to the newest message", onclick: () => this.toEnd(true) }, icon("down"), h("span", {}));
    this.composer = new Composer(model, actions);
    document.getElementById("chat").append(
      h(
        "header",
        { class: "chat-head" },
        iconButton("back", "Back to the chats", { class: "only-phone", onclick: () => model.choose({ view: "list" }) }),
        this.face,
        h("div", { class: "chat-names" }, this.title, this.about),
        iconButton("panel", "Show or hide the controls", { class: "panel-toggle", "data-testid": "panel-toggle", onclick: () => this.onPanel() }),
      ),
      this.topics,
      this.pinned.root,
      h("div", { class: "timeline-frame" }, this.timeline, this.empty, this.jumpButton),
      this.composer.root,
    );
    this.timeline.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // A phone's own keyboard, or the bot's, takes room away: what is newest stays in sight.
    new ResizeObserver(() => this.atEnd && this.toEnd(false)).observe(this.timeline);
    document.addEventListener("visibilitychange", () => this.#read());
    this.shown = null;
    this.on = {
      tap: (message, row, column) => actions.tap(message, row, column),
      command: (text) => actions.command(text),
      link: (url, event) => actions.link(url, event),
      person: (who) => actions.person(who),
      reply: (message) => this.composer.reply(message),
      startEdit: (message) => this.composer.startEdit(message),
      remove: (message) => actions.remove(message),
      jump: (id) => this.jump(id),
    };
  }

  onPanel() {}

  render() {
    const { model } = this;
    const chat = model.chat;
    if (!chat) return;
    this.#head(chat);
    this.#topics(chat);
    this.pinned.render(chat, model);
    if (!this.timeline.checkVisibility()) {
      this.shown = null; // on a phone the list is in front: nothing is read, and opening begins anew
      return;
    }
    const key = `${model.ui.actor}:${chat.id}:${model.ui.topic}`;
    const fresh = this.shown !== key;
    if (fresh) {
      this.shown = key;
      this.unreadFrom = this.#firstUnread(chat);
      this.timeline.removeAttribute("aria-live");
      this.timeline.setAttribute("role", "log");
      this.timeline.setAttribute("aria-label", `Messages in ${model.title(chat)}`);
      this.timeline.replaceChildren();
      this.seen = null;
    }
    const newest = chat.messages.findLast((message) => !message.only);
    if (newest && newest.id > (this.seen ?? newest.id) && this.model.sender(newest).id === model.ui.actor) this.unreadFrom = null;
    const atEnd = fresh || this.#nearEnd();
    this.composer.render(); // first, for a keyboard under it makes the room above smaller
    const items = this.#items(chat);
    reconcile(this.timeline, items, {
      key: (item) => item.key,
      signature: (item) => signature(item, model),
      build: (item) => this.#animated(build(item, model, this.on), item, fresh),
      leave: (node) => vanish(node),
    });
    this.#emptyState(chat, items);
    if (fresh) {
      const line = this.timeline.querySelector(".unread-line");
      if (line) line.scrollIntoView({ block: "center" });
      else this.toEnd(false);
      requestAnimationFrame(() => this.timeline.setAttribute("aria-live", "polite"));
    } else if (atEnd) this.toEnd(false);
    this.#scrolled();
    this.#read();
  }

  #animated(node, item, fresh) {
    const id = item.message?.id ?? -1;
    if (!fresh && id > (this.seen ?? -1) && item.message) node.classList.add("message-new");
    if (id > (this.seen ?? -1)) this.seen = id;
    return node;
  }

  #items(chat) {
    const { topic } = this.model.ui;
    const items = [];
    let before = null;
    for (const message of chat.messages) {
      if (!this.model.sees(message) || (topic !== null && this.model.topicOf(message) !== topic)) continue;
      if (!before || dayKey(before.date) !== dayKey(message.date)) {
        items.push({ kind: "day", key: `day-${dayKey(message.date)}`, text: day(message.date) });
        before = null;
      }
      if (message.id === this.unreadFrom) {
        items.push({ kind: "unread", key: "unread", text: "Unread messages" });
        before = null;
      }
      const first =
        !before || before.service || this.model.sender(before).id !== this.model.sender(message).id || message.date - before.date > RUN_SECONDS;
      items.push({ kind: "message", key: `m${message.id}`, message, chat, first: Boolean(first) });
      before = message;
    }
    return items;
  }

  #firstUnread(chat) {
    const { model } = this;
    if (!model.unread(model.ui.actor, chat).count) return null;
    const read = model.reads.get(`${model.ui.actor}:${chat.id}`) ?? -1;
    return chat.messages.find((message) => message.id > read && !message.only && !message.deleted && model.sender(message).id !== model.ui.actor)?.id ?? null;
  }

  #head(chat) {
    const { model } = this;
    this.title.replaceChildren(h("bdi", {}, model.title(chat)));
    const group = isGroup(chat);
    const bot = { none: "the bot is not here", member: "the bot is a member", admin: "the bot is an admin" }[chat.bot] ?? "";
    const kind = chat.forum ? "forum" : chat.type;
    this.about.textContent = group
      ? [kind, counted(model.members(chat).length, "person", "people"), bot].filter(Boolean).join(" · ")
      : chat.blocked ? "you blocked this bot" : `bot · ${botPhase(model.bot)}`;
    const key = `${chat.id}${chat.title}`;
    if (this.faceKey !== key) {
      this.faceKey = key;
      this.face.replaceChildren(group ? avatar(chat.id, chat.title, { group: true }) : avatar(0, "", { bot: true }));
    }
  }

  #topics(chat) {
    const { model } = this;
    const topics = chat.forum ? [{ id: null, name: "All" }, { id: 0, name: "General" }, ...(chat.topics ?? []).filter((topic) => !topic.deleted)] : [];
    this.topics.hidden = !topics.length;
    reconcile(this.topics, topics, {
      key: (topic) => String(topic.id),
      signature: (topic) => JSON.stringify([topic, model.ui.topic === topic.id]),
      build: (topic) =>
        h(
          "button",
          {
            type: "button",
            class: "topic",
            role: "tab",
            "aria-selected": String(model.ui.topic === topic.id),
            onclick: () => model.choose({ topic: topic.id }),
          },
          topic.id === null ? null : icon("topic"),
          h("bdi", {}, topic.name),
          topic.closed ? " (closed)" : null,
        ),
    });
  }

  #emptyState(chat, items) {
    const { model } = this;
    this.empty.hidden = items.length > 0;
    if (items.length) return;
    const group = isGroup(chat);
    this.empty.replaceChildren(
      group ? avatar(chat.id, chat.title, { group: true, size: "avatar-big" }) : avatar(0, "", { bot: true, size: "avatar-big" }),
      h("h3", {}, h("bdi", {}, model.title(chat))),
      h("p", {}, group ? "Nobody has written anything here yet. Type / to see what the bot can do." : "What this bot can do: press Start and let it tell you."),
    );
  }

  #nearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.timeline;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  #scrolled() {
    const away = !this.#nearEnd();
    this.atEnd = !away;
    this.jumpButton.hidden = !away;
    if (!away) this.jumpButton.lastElementChild.textContent = "";
  }

  #read() {
    const { model } = this;
    if (document.hidden || !model.chat || model.ui.actor === null) return;
    const key = `${model.ui.actor}:${model.chat.id}`;
    const before = model.reads.get(key);
    model.markRead(model.ui.actor, model.chat.id);
    if (model.reads.get(key) !== before) model.changed();
  }

  toEnd(smooth) {
    this.timeline.scrollTo({ top: this.timeline.scrollHeight, behavior: smooth ? gently() : "instant" });
  }

  jump(id) {
    const node = this.timeline.querySelector(`[data-message="${Number(id)}"]`);
    if (!node) return;
    node.scrollIntoView({ block: "center", behavior: gently() });
    node.focus({ preventScroll: true });
    node.classList.remove("message-flash");
    void node.offsetWidth;
    node.classList.add("message-flash");
  }
}

const CALM = matchMedia("(prefers-reduced-motion: reduce)");

function gently() {
  return CALM.matches ? "instant" : "smooth";
}

// A deleted message fades before it goes, unless the person wants no motion.
function vanish(node) {
  if (!node.classList.contains("message") || CALM.matches) return false;
  node.classList.add("message-gone");
  node.setAttribute("aria-hidden", "true");
  setTimeout(() => node.remove(), 1200);
  return true;
}
