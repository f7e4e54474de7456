// What a person does on the page, in the sandbox's words. A refusal becomes a toast; every function says whether it worked.

import { act } from "./connection.js";
import { isGroup } from "./model.js";
import { showAlert, toast } from "./toasts.js";

const TAP_PATIENCE = 20_000;

export class Actions {
  constructor(model) {
    this.model = model;
  }

  async do(action, fields) {
    try {
      return (await act(action, fields)) ?? {};
    } catch (error) {
      toast(error.message, { kind: "error" });
      return null;
    }
  }

  async say(text, { chat = this.model.chat, anonymous = false } = {}) {
    const { ui } = this.model;
    const replyTo = ui.replies.get(`${ui.actor}:${chat.id}`) ?? null;
    const fields = { user: ui.actor, chat: chat.id, text };
    if (replyTo !== null) fields.reply_to = replyTo;
    if (ui.topic) fields.thread_id = ui.topic;
    if (anonymous) fields.anonymous = true;
    ui.replies.delete(`${ui.actor}:${chat.id}`);
    return this.do("say", fields);
  }

  // A button of the bot's keyboard writes its text.
  key(label) {
    const { ui, chat } = this.model;
    return this.do("tap_key", { user: ui.actor, chat: chat.id, label, ...(ui.topic ? { thread_id: ui.topic } : {}) });
  }

  shareUsers(requestId, users) {
    const { ui, chat } = this.model;
    return this.do("share_users", { user: ui.actor, chat: chat.id, request_id: requestId, users });
  }

  // A command tapped in a bot's message carries the bot's name in groups, as Telegram's own clients do it.
  command(text) {
    const { chat, bot } = this.model;
    return this.say(isGroup(chat) && !text.includes("@") ? `${text}@${bot.username}` : text);
  }

  edit(message, text) {
    const { ui, chat } = this.model;
    return this.do("edit", { user: ui.actor, chat: chat.id, message_id: message.id, text });
  }

  remove(message) {
    const { ui, chat } = this.model;
    return this.do("delete", { user: ui.actor, chat: chat.id, message_id: message.id });
  }

  async tap(message, row, column) {
    const { model } = this;
    const button = message.keyboard[row][column];
    const chat = model.chat;
    if (button.url) return this.link(button.url);
    if (button.copy_text) {
      await navigator.clipboard?.writeText(button.copy_text.text ?? button.copy_text);
      return toast("Copied");
    }
    if (!button.callback_data && !button.pay) return null;
    const key = `${chat.id}:${message.id}:${row}:${column}`;
    if (model.taps.has(key)) return null;
    const tap = { query: null, user: model.ui.actor };
    model.taps.set(key, tap);
    model.changed();
    const where = { user: model.ui.actor, chat: chat.id, message_id: message.id };
    const answer = button.pay ? await this.do("pay", where) : await this.do("press", { ...where, callback_data: button.callback_data });
    if (answer === null) {
      model.taps.delete(key);
    } else {
      tap.query = String(answer.query_id);
      setTimeout(() => {
        if (model.taps.get(key) === tap) {
          model.taps.delete(key);
          toast("The bot has not answered that tap.", { kind: "error" });
          model.changed();
        }
      }, TAP_PATIENCE);
    }
    this.settleTaps();
    model.changed();
    return answer;
  }

  // Ends the spinners of taps that the bot has answered, and shows what it said.
  settleTaps() {
    const { model } = this;
    const open = new Map([...model.taps].map(([key, tap]) => [tap.query, key]));
    for (const answer of model.raw?.callback_answers ?? []) {
      const query = String(answer.query_id);
      if (model.answered.has(query)) continue;
      const known = open.get(query);
      if (known === undefined && [...model.taps.values()].some((tap) => tap.query === null)) continue; // not told its id yet
      model.answered.add(query);
      if (known !== undefined) model.taps.delete(known);
      if (answer.text && (known !== undefined || answer.user_id === model.ui.actor)) {
        if (answer.alert) showAlert(answer.text, model.bot.first_name);
        else toast(answer.text, { title: model.bot.first_name });
      }
    }
  }

  // A deep link to the bot opens the private chat and presses Start, as in Telegram; true when it was one.
  link(url, event) {
    const { model } = this;
    const found = /^(?:https?:\/\/)?t\.me\/([A-Za-z0-9_]+)\/?\?(start|startgroup)=([A-Za-z0-9_-]*)/i.exec(url);
    if (found && found[1].toLowerCase() === model.bot.username.toLowerCase()) {
      event?.preventDefault();
      if (found[2].toLowerCase() === "startgroup") {
        toast("Add the bot to a group with the Group panel.");
        return true;
      }
      const actor = model.ui.actor;
      model.choose({ chat: actor, view: "chat" });
      this.start(actor, found[3]);
      return true;
    }
    if (!event && /^https?:/i.test(url)) window.open(url, "_blank", "noopener");
    return false;
  }

  start(user, payload = "") {
    return this.do("start", payload ? { user, payload } : { user });
  }

  person(who) {
    const { model } = this;
    const name = typeof who === "string" ? who.slice(1).toLowerCase() : null;
    const user = name ? [...model.users.values()].find((one) => one.username?.toLowerCase() === name) : model.users.get(who);
    if (!user) return toast(name ? `Nobody here is called ${who}.` : "That is not a person here.");
    model.choose({ actor: user.id });
    return toast(`You are ${model.name(user.id)} now.`);
  }
}
