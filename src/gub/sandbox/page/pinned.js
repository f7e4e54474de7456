// What is pinned, at the top of a chat: the first line of the message that was pinned last. A tap goes to it.

import { h } from "./dom.js";

const LONGEST = 140;

// The message that was pinned last among those seen here, if there is one.
export function pinnedIn(chat, model) {
  const { topic } = model.ui;
  const seen = (message) => message && !message.deleted && model.sees(message) && (topic === null || model.topicOf(message) === topic);
  return (chat.pinned ?? []).map((id) => chat.byId.get(id)).findLast(seen) ?? null;
}

export class PinnedBanner {
  constructor(onTap) {
    this.line = h("bdi", { class: "pinned-line" });
    this.root = h(
      "button",
      { type: "button", class: "pinned", hidden: true, "data-testid": "pinned", "aria-label": "Pinned message: show it", "aria-describedby": "pinned-line", onclick: () => onTap(this.id) },
      h("span", { class: "pinned-mark", "aria-hidden": "true" }, "📌"),
      h("span", { class: "pinned-text", id: "pinned-line" }, this.line),
    );
    this.id = null;
  }

  render(chat, model) {
    const message = pinnedIn(chat, model);
    this.root.hidden = message === null;
    this.id = message?.id ?? null;
    if (message) this.line.textContent = firstLine(message);
  }
}

function firstLine(message) {
  const line = (message.text ?? "").split("\n").find((one) => one.trim()) ?? message.document?.file_name ?? "Message";
  return [...line.trim()].slice(0, LONGEST).join("");
}
