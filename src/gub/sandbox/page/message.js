// One message: a bubble with its sender, quote, text, keyboard and marks.

import { avatar, h, hue, icon, iconButton } from "./dom.js";
import { formatted } from "./entities.js";
import { bytes, clock, listed } from "./format.js";
import { isGroup } from "./model.js";
import { plainText } from "./service.js";

// What a bubble depends on; when it is unchanged, so is the bubble.
export function signature(item, model) {
  if (item.kind !== "message") return item.kind + item.text;
  const { message, chat } = item;
  const taps = message.keyboard ? [...model.taps.keys()].filter((key) => key.startsWith(`${chat.id}:${message.id}:`)) : [];
  const quoted = message.reply_to ? chat.byId.get(replyId(message)) : null;
  return JSON.stringify([message, item.first, model.ui.actor, taps, quoted?.text, quoted?.deleted, model.sender(message).name]);
}

export function build(item, model, on) {
  if (item.kind === "day") return h("div", { class: "day" }, h("span", {}, item.text));
  if (item.kind === "unread") return h("div", { class: "unread-line", "data-testid": "unread-line" }, h("span", {}, item.text));
  const { message } = item;
  if (message.service) {
    return h("div", { class: "service", "data-testid": `message-${message.id}` }, h("span", {}, h("bdi", {}, plainText(message, model))));
  }
  return bubble(item, model, on);
}

function bubble({ message, chat, first }, model, on) {
  const sender = model.sender(message);
  const own = sender.id === model.ui.actor && !message.sender_chat;
  const group = isGroup(chat);
  const marks = h(
    "span",
    { class: "marks" },
    message.edited ? h("span", { class: "edited" }, "edited") : null,
    h("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date)),
  );
  const content = h(
    "div",
    { class: `bubble ${first ? "bubble-first" : ""}` },
    group && !own && first ? senderLine(sender) : null,
    quote(message, chat, model, on),
    message.only ? h("p", { class: "only", "data-testid": "only" }, icon("eye"), own ? "Only you and the bot see this" : "Only you see this") : null,
    message.document ? file(message.document) : null,
    message.invoice ? invoice(message.invoice) : null,
    h("div", { class: "text", dir: "auto" }, formatted(message.text ?? "", message.entities, model.actor, on), marks),
  );
  return h(
    "article",
    {
      class: `message ${own ? "message-own" : ""} ${first ? "message-first" : ""} ${group ? "" : "message-private"}`,
      "aria-label": `${sender.name}, ${clock(message.date)}`,
      tabindex: "-1",
      "data-testid": `message-${message.id}`,
      "data-message": String(message.id),
    },
    group && !own ? (first ? avatar(sender.id, sender.name, { bot: sender.bot, group: sender.group, size: "avatar-small" }) : h("span", { class: "avatar-gap" })) : null,
    h(
      "div",
      { class: "message-body" },
      h(
        "div",
        { class: "bubble-column" },
        h("div", { class: "bubble-line" }, content, tools(message, own, on)),
        message.keyboard?.length ? keyboard(message, chat, model, on) : null,
      ),
      reactions(message),
      group ? notified(message, chat, model) : null,
    ),
  );
}

// A file that can be saved.
function file(document) {
  return h(
    "a",
    {
      class: "file",
      href: `/sandbox/files/${encodeURIComponent(document.file_id)}`,
      download: document.file_name ?? "",
      "data-testid": "file",
    },
    icon("file"),
    h("span", { class: "file-name" }, h("bdi", {}, document.file_name ?? "file")),
    h("span", { class: "file-size" }, bytes(document.file_size ?? 0)),
  );
}

// Whose phone rang: by a mention, or because it is their message that was replied to.
function notified(message, chat, model) {
  const of = (reply) => (message.pushes ?? []).filter((id) => (model.reason(chat, message, id) === "reply") === reply);
  const line = (ids, word, cls) =>
    ids.length
      ? h(
          "p",
          { class: `pinged ${cls} ${ids.includes(model.ui.actor) ? "pinged-me" : ""}`, "data-testid": word },
          icon("bell"),
          h("bdi", {}, `${word} ${listed(ids.map((id) => model.name(id)))}`),
        )
      : null;
  return [line(of(false), "pinged", ""), line(of(true), "notified", "pinged-reply")].filter(Boolean);
}

function senderLine(sender) {
  return h(
    "div",
    { class: `sender ${sender.bot ? "sender-bot" : `ink-${hue(sender.id)}`}` },
    h("bdi", {}, sender.name),
    sender.bot ? h("span", { class: "role" }, "bot") : sender.group ? h("span", { class: "role" }, "anonymous admin") : null,
  );
}

function replyId(message) {
  return message.reply_to?.id ?? message.reply_to?.message_id ?? message.reply_to;
}

function quote(message, chat, model, on) {
  if (!message.reply_to) return null;
  const id = replyId(message);
  const quoted = chat.byId.get(id);
  if (!quoted || quoted.deleted) return h("div", { class: "quote quote-gone" }, "Deleted message");
  const sender = model.sender(quoted);
  return h(
    "button",
    { type: "button", class: "quote", "aria-label": `Reply to ${sender.name}: show it`, onclick: () => on.jump(id) },
    h("span", { class: "quote-name" }, h("bdi", {}, sender.name)),
    h("span", { class: "quote-text" }, quoted.service ? plainText(quoted, model) : (quoted.text ?? "").slice(0, 140)),
  );
}

// What is asked for, and how much of it; the button to pay is in the keyboard.
function invoice({ title, description, total_amount: amount }) {
  return h(
    "div",
    { class: "invoice", "data-testid": "invoice" },
    h("strong", {}, h("bdi", {}, title)),
    h("span", {}, h("bdi", {}, description)),
    h("span", { class: "invoice-price" }, `⭐ ${amount}`),
  );
}

function tools(message, own, on) {
  if (message.only) return null;
  return h(
    "div",
    { class: "tools" },
    iconButton("reply", "Reply", { onclick: () => on.reply(message) }),
    own ? iconButton("edit", "Edit", { onclick: () => on.startEdit(message) }) : null,
    own ? iconButton("trash", "Delete", { onclick: () => on.remove(message) }) : null,
  );
}

function keyboard(message, chat, model, on) {
  return h(
    "div",
    { class: "keyboard", role: "group", "aria-label": "Buttons", "data-testid": `keyboard-${message.id}` },
    message.keyboard.map((row, r) =>
      h(
        "div",
        { class: "keyboard-row" },
        row.map((button, c) => {
          const pending = model.taps.has(`${chat.id}:${message.id}:${r}:${c}`);
          return h(
            "button",
            {
              type: "button",
              class: `key ${button.style ? `key-${button.style}` : ""} ${pending ? "key-pending" : ""}`,
              "aria-busy": pending ? "true" : null,
              "aria-disabled": button.disabled ? "true" : null,
              "data-focus": `key-${r}-${c}`,
              title: button.url ?? button.text,
              onclick: () => !button.disabled && on.tap(message, r, c),
            },
            h("bdi", {}, button.text),
            button.url ? h("span", { class: "key-corner", "aria-hidden": "true" }, "↗") : null,
            pending ? h("span", { class: "spinner", role: "img", "aria-label": "waiting for the bot" }) : null,
          );
        }),
      ),
    ),
  );
}

function reactions(message) {
  const given = Object.values(message.reactions ?? {}).flat();
  if (!given.length) return null;
  return h("div", { class: "reactions" }, given.map((one) => h("span", {}, one.emoji ?? one)));
}
