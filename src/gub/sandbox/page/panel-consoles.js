// The players' machines: what each Steam account does now.

import { avatar, h, icon, iconButton, reconcile } from "./dom.js";

const STATES = [
  ["offline", "Offline"],
  ["online", "Online"],
  ["busy", "Busy"],
  ["away", "Away"],
  ["snooze", "Snooze"],
  ["trade", "Looking to trade"],
  ["play", "Looking to play"],
];

export class ConsolesTab {
  constructor({ model, actions }) {
    this.model = model;
    this.actions = actions;
    this.cards = h("div", { class: "cards" });
    this.games = h("datalist", { id: "games" });
    this.down = h("p", { class: "notice notice-warn", hidden: true }, icon("warn"), h("span", {}, "Steam is failing at the moment; see Faults."));
    this.form = this.#addForm();
    this.root = h(
      "div",
      {},
      h("p", { class: "hint" }, "What the players’ machines are doing. Change something here, then ask the bot for /status."),
      this.down,
      this.cards,
      this.form,
      this.games,
    );
  }

  render() {
    const { steam } = this.model;
    this.down.hidden = steam.up !== false;
    reconcile(this.games, steam.games ?? [], { key: (game) => game, signature: () => "", build: (game) => h("option", { value: game }) });
    reconcile(this.cards, steam.accounts ?? [], {
      key: (account) => account.id,
      signature: (account) => JSON.stringify(account),
      build: (account, old) => this.#card(account, old),
    });
  }

  #set(account, change) {
    return this.actions.do("set_presence", { platform: "steam", account: account.id, ...change });
  }

  // A card is built once and then kept up to date, so that nobody loses the field they are typing in.
  #card(account, old) {
    const parts = old?.parts ?? this.#newCard(account);
    parts.name.textContent = account.name;
    parts.line.textContent = activity(account);
    parts.root.className = `card console console-${account.private ? "private" : account.game ? "playing" : account.state}`;
    parts.state.value = account.state;
    if (document.activeElement !== parts.game) parts.game.value = account.game ?? "";
    parts.stop.disabled = !account.game;
    for (const flag of ["private", "game_hidden", "untitled"]) parts[flag].checked = Boolean(account[flag]);
    return parts.root;
  }

  #newCard(account) {
    const id = account.id;
    const address = account.vanity ?? id;
    const state = h(
      "select",
      { id: `state-${id}`, "data-testid": `state-${address}`, onchange: (event) => this.#set(account, { state: event.target.value }) },
      STATES.map(([value, label]) => h("option", { value }, label)),
    );
    const game = h("input", {
      id: `game-${id}`,
      list: "games",
      placeholder: "not playing",
      autocomplete: "off",
      maxlength: "100",
      "data-testid": `game-${address}`,
      onchange: (event) => this.#set(account, { game: event.target.value }),
      onkeydown: (event) => event.key === "Enter" && event.target.blur(),
    });
    const flag = (name, label, title) => {
      const box = h("input", { type: "checkbox", role: "switch", "data-testid": `${name}-${address}`, onchange: (event) => this.#set(account, { [name]: event.target.checked }) });
      return [box, h("label", { class: "switch", title }, box, h("span", {}, label))];
    };
    const [hidden, hiddenLabel] = flag("private", "Private profile", "Steam shows the profile as offline and nothing else");
    const [gameHidden, gameHiddenLabel] = flag("game_hidden", "Game details hidden", "online, but no game");
    const [untitled, untitledLabel] = flag("untitled", "Game without a title", "Steam sends the game’s number only, as it sometimes does");
    const stop = iconButton("close", "End the game", { onclick: () => this.#set(account, { game: "" }), "data-testid": `stop-${address}` });
    const name = h("bdi", {});
    const line = h("p", { class: "console-line" });
    const root = h(
      "section",
      { class: "card", "aria-label": `Steam account ${account.name}`, "data-testid": `console-${address}` },
      h(
        "header",
        { class: "console-head" },
        avatar(Number(id.slice(-6)), account.name, { size: "avatar-square" }),
        h("div", { class: "console-names" }, h("h3", {}, name), line),
        h("span", { class: "platform", title: "Steam" }, "Steam"),
      ),
      h("p", { class: "address" }, h("code", {}, `steam:${account.vanity ?? id}`), account.vanity ? h("code", { class: "faint" }, id) : null),
      h("div", { class: "row" }, h("label", { for: `state-${id}` }, "Status"), state),
      h("div", { class: "row" }, h("label", { for: `game-${id}` }, "Game"), game, stop),
      hiddenLabel,
      h("details", {}, h("summary", {}, "More"), gameHiddenLabel, untitledLabel),
    );
    const parts = { root, name, line, state, game, stop, private: hidden, game_hidden: gameHidden, untitled };
    root.parts = parts;
    return parts;
  }

  #addForm() {
    const name = h("input", { id: "account-name", required: true, maxlength: "32", placeholder: "nova", autocomplete: "off", "data-testid": "account-name" });
    const vanity = h("input", { id: "account-vanity", maxlength: "32", pattern: "[A-Za-z0-9_\\-]{2,32}", placeholder: "optional", autocomplete: "off", "data-testid": "account-vanity" });
    return h(
      "form",
      {
        class: "card card-form",
        onsubmit: async (event) => {
          event.preventDefault();
          const fields = { platform: "steam", name: name.value };
          if (vanity.value) fields.vanity = vanity.value;
          if (await this.actions.do("add_account", fields)) event.target.reset();
        },
      },
      h("h3", {}, "Another Steam account"),
      h("div", { class: "row" }, h("label", { for: "account-name" }, "Name"), name),
      h("div", { class: "row" }, h("label", { for: "account-vanity" }, "Custom URL"), vanity),
      h("button", { class: "button", "data-testid": "account-add" }, icon("plus"), "Add account"),
    );
  }
}

function activity(account) {
  if (account.private) return "private profile";
  if (account.game) return `playing ${account.game}${account.state === "online" ? "" : ` (${account.state})`}`;
  return STATES.find(([value]) => value === account.state)?.[1] ?? account.state;
}
