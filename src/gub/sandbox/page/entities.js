// A message's text with its entities, as nodes. Offsets are UTF-16 units, as JavaScript's own.

import { h } from "./dom.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};
const SAFE_LINK = /^(https?:|mailto:|tg:)/i;

// `on` has command(text), link(url, event), person(id|@name); `me` is {id, username} of whoever looks.
export function formatted(text, entities, me, on) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return between(text, 0, text.length, sorted, me, on);
}

function between(text, start, end, entities, me, on) {
  const nodes = [];
  let at = start;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const to = Math.min(entity.offset + entity.length, end);
    if (entity.offset < at || to <= entity.offset) continue;
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    const inner = entities.slice(index + 1).filter((one) => one.offset >= entity.offset && one.offset + one.length <= to);
    nodes.push(wrap(entity, text.slice(entity.offset, to), between(text, entity.offset, to, inner, me, on), me, on));
    at = to;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function wrap(entity, plain, children, me, on) {
  switch (entity.type) {
    case "bot_command":
      return h("button", { type: "button", class: "text-link", title: `Send ${plain}`, onclick: () => on.command(plain) }, children);
    case "mention": {
      const mine = me?.username && plain.slice(1).toLowerCase() === me.username.toLowerCase();
      return h("button", { type: "button", class: `mention ${mine ? "mention-me" : ""}`, onclick: () => on.person(plain) }, children);
    }
    case "text_mention": {
      const id = entity.user?.id ?? entity.user_id ?? entity.user;
      return h("button", { type: "button", class: `mention ${id === me?.id ? "mention-me" : ""}`, onclick: () => on.person(id) }, children);
    }
    case "text_link":
    case "url":
    case "email": {
      const url = entity.url ?? (entity.type === "email" ? `mailto:${plain}` : SAFE_LINK.test(plain) ? plain : `https://${plain}`);
      if (!SAFE_LINK.test(url)) return h("span", {}, children);
      return h("a", { href: url, target: "_blank", rel: "noreferrer noopener", title: url, onclick: (event) => on.link(url, event) }, children);
    }
    case "spoiler": {
      const reveal = (event) => event.currentTarget.classList.add("spoiler-open");
      return h("button", { type: "button", class: "spoiler", title: "Show the hidden text", onclick: reveal }, h("span", {}, children));
    }
    case "date_time": {
      const date = new Date((entity.unix_time ?? 0) * 1000);
      const own = inReadersTime(date, entity.date_time_format ?? "");
      return h("time", { datetime: date.toISOString(), class: "local-time", title: date.toLocaleString() }, own ? [own] : children);
    }
    case "hashtag":
    case "cashtag":
      return h("span", { class: "tag" }, children);
    default:
      return h(TAGS[entity.type] ?? "span", {}, children);
  }
}

/** A time as the reader's own clock and habits have it, by the Bot API's `date_time_format`; null: the text stands. */
function inReadersTime(date, format) {
  const options = {};
  if (format.includes("w")) options.weekday = "short";
  if (/d/.test(format)) options.dateStyle = "short";
  if (/D/.test(format)) options.dateStyle = "long";
  if (/t/.test(format)) options.timeStyle = "short";
  if (/T/.test(format)) options.timeStyle = "medium";
  if (options.weekday && (options.dateStyle || options.timeStyle)) delete options.weekday;
  return Object.keys(options).length ? new Intl.DateTimeFormat(undefined, options).format(date) : null;
}
