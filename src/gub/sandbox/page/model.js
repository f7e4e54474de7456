// What the page knows: the sandbox's state, read once into maps, and what the person in front of it has chosen.

const GROUPS = new Set(["group", "supergroup"]);
const PRESENT = new Set(["creator", "administrator", "member", "restricted"]);
const KEPT = "gub-sandbox";
const TELEGRAM = 777000; // Telegram's own account, whom nobody acts as

const FALLBACK_COMMANDS = [
  ["status", "who is on, playing what"],
  ["add", "add a player: /add NAME xbox:TAG psn:ID steam:ID"],
  ["newgroup", "make a notify group: /newgroup NAME"],
  ["join", "join a notify group"],
  ["leave", "leave a notify group"],
  ["notify", "call a group: /notify NAME text"],
  ["help", "what this bot can do"],
  ["about", "about this bot"],
].map(([command, description]) => ({ command, description }));

export class Model {
  constructor() {
    this.ready = false;
    this.platforms = {};
    this.faults = [];
    this.requests = [];
    this.users = new Map();
    this.chats = new Map();
    this.ui = { actor: null, chat: null, topic: null, tab: "consoles", replies: new Map(), editing: null, drafts: new Map(), ...remembered() };
    this.taps = new Map(); // "chat:message:row:column" -> {query, user, since} while the bot has not answered
    this.reads = new Map(); // "user:chat" -> the last message id that this user has seen here
    this.listeners = new Set();
    this.answered = new Set();
  }

  subscribe(listener) {
    this.listeners.add(listener);
  }

  changed() {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      for (const listener of this.listeners) listener();
    });
  }

  take(raw) {
    const reborn = this.ready && raw.revision < this.raw.revision; // another sandbox, whose ids begin anew
    if (reborn) for (const kept of [this.taps, this.reads, this.answered, this.ui.drafts, this.ui.replies]) kept.clear();
    const first = !this.ready || reborn;
    this.raw = raw;
    this.bot = { first_name: "GUB", username: "bot", running: false, lines: [], ...raw.bot };
    this.users = new Map(raw.users.filter((user) => !user.is_bot && user.id !== TELEGRAM).map((user) => [user.id, user]));
    this.chats = new Map(raw.chats.map((chat) => [chat.id, chat]));
    for (const chat of raw.chats) chat.byId = new Map(chat.messages.map((message) => [message.id, message]));
    this.reasons = new Map((raw.pushes ?? []).map((push) => [`${push.chat_id}:${push.message_id}:${push.user_id}`, push.reason]));
    this.platforms = raw.platforms ?? {};
    this.faults = raw.faults ?? [];
    this.requests = raw.requests ?? [];
    this.ready = true;
    if (first) {
      for (const user of this.users.keys()) for (const chat of this.chats.keys()) this.markRead(user, chat);
      for (const answer of raw.callback_answers ?? []) this.answered.add(String(answer.query_id));
    }
    this.#settle();
    this.changed();
  }

  // Keeps the choices possible: people and chats come and go, and a group may have become a supergroup.
  #settle() {
    const { ui } = this;
    if (!this.users.has(ui.actor)) ui.actor = this.users.keys().next().value ?? null;
    const old = this.chats.get(ui.chat);
    if (old?.migrated_to && this.chats.has(old.migrated_to)) ui.chat = old.migrated_to;
    const mine = ui.actor === null ? [] : this.chatsOf(ui.actor);
    if (!mine.some((chat) => chat.id === ui.chat)) {
      ui.chat = (mine.find((chat) => isGroup(chat) && chat.bot !== "none" && this.isMember(chat, ui.actor)) ?? mine[0])?.id ?? null;
    }
  }

  remember() {
    const { actor, chat, tab } = this.ui;
    sessionStorage.setItem(KEPT, JSON.stringify({ actor, chat, tab }));
  }

  get actor() {
    return this.users.get(this.ui.actor) ?? null;
  }

  get chat() {
    return this.ui.chat === null ? null : this.chats.get(this.ui.chat) ?? this.#privateChat(this.ui.chat);
  }

  get commands() {
    const { commands, private_commands: own, admin_commands: admins } = this.bot;
    const { chat } = this;
    const asAdmin = chat && isGroup(chat) && this.isAdmin(chat, this.ui.actor) && admins?.length;
    const offered = chat?.type === "private" && own?.length ? own : asAdmin ? admins : commands;
    return offered?.length ? offered : FALLBACK_COMMANDS;
  }

  #privateChat(userId) {
    return this.users.has(userId)
      ? { id: userId, type: "private", private_user: userId, messages: [], byId: new Map(), members: [], started: false }
      : null;
  }

  // The private chat with the bot first, then the groups one is in, then the others.
  chatsOf(userId) {
    const groups = [...this.chats.values()].filter((chat) => isGroup(chat) && !chat.migrated_to);
    const own = this.chats.get(userId) ?? this.#privateChat(userId);
    return [own, ...groups.filter((chat) => this.isMember(chat, userId)), ...groups.filter((chat) => !this.isMember(chat, userId))];
  }

  status(chat, userId) {
    return chat.members?.find((member) => member.user_id === userId)?.status ?? "left";
  }

  isMember(chat, userId) {
    return chat.type === "private" ? chat.private_user === userId : PRESENT.has(this.status(chat, userId));
  }

  isAdmin(chat, userId) {
    return ["creator", "administrator"].includes(this.status(chat, userId));
  }

  members(chat) {
    return (chat.members ?? []).filter((member) => PRESENT.has(member.status) && this.users.has(member.user_id));
  }

  // What the bot put under somebody's composer: {message_id, used, markup}, or null.
  interfaceOf(chat, userId) {
    return chat.interfaces?.find((shown) => shown.user_id === userId) ?? null;
  }

  // Why somebody was notified of a message: mention, reply or private.
  reason(chat, message, userId) {
    return this.reasons.get(`${chat.id}:${message.id}:${userId}`) ?? "mention";
  }

  // Whether the person in front of the page sees a message: an ephemeral one is for one person alone.
  sees(message) {
    return !message.deleted && (!message.only || message.only === this.ui.actor);
  }

  // The topic a message belongs to; 0 is General.
  topicOf(message) {
    return message.is_topic_message ? message.thread_id : 0;
  }

  isBot(id) {
    return id !== null && id === this.bot.id;
  }

  // Safe to put into a sentence: a name that turns the writing direction keeps that to itself.
  name(id) {
    const user = this.users.get(id);
    if (user) return isolated(fullName(user));
    if (this.isBot(id)) return this.bot.first_name;
    return isolated(this.chats.get(id)?.title ?? "somebody");
  }

  title(chat) {
    return chat.type === "private" ? this.bot.first_name : chat.title;
  }

  sender(message) {
    if (message.sender_chat) {
      const id = message.sender_chat.id ?? message.sender_chat;
      return { id, name: message.sender_chat.title ?? this.chats.get(id)?.title ?? "the group", bot: false, group: true };
    }
    const id = message.from?.id ?? message.from ?? null;
    return { id, name: this.name(id), bot: this.isBot(id), group: false };
  }

  markRead(userId, chatId) {
    const last = this.chats.get(chatId)?.messages.findLast((message) => !message.only);
    if (last) this.reads.set(`${userId}:${chatId}`, last.id);
  }

  unread(userId, chat) {
    const read = this.reads.get(`${userId}:${chat.id}`) ?? -1;
    let count = 0;
    let pushes = 0;
    for (let at = chat.messages.length - 1; at >= 0; at -= 1) {
      const message = chat.messages[at];
      if (message.only) continue; // notifies nobody, and is numbered apart
      if (message.id <= read) break;
      if (message.deleted || this.sender(message).id === userId) continue;
      count += 1;
      if (message.pushes?.includes(userId)) pushes += 1;
    }
    return { count, pushes };
  }

  pushesOf(userId) {
    return this.chatsOf(userId).reduce((sum, chat) => sum + this.unread(userId, chat).pushes, 0);
  }

  choose(change) {
    Object.assign(this.ui, change);
    if ("actor" in change || "chat" in change) {
      this.ui.editing = null;
      if ("chat" in change) this.ui.topic = null;
      this.#settle();
    }
    this.remember();
    this.changed();
  }
}

export function isGroup(chat) {
  return GROUPS.has(chat.type);
}

const TURNS = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

export function isolated(name) {
  return TURNS.test(name) ? `\u2068${name}\u2069` : name;
}

export function fullName(user) {
  return [user.first_name, user.last_name].filter(Boolean).join(" ");
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}
