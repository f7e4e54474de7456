// One player's machine: what the account does now, and the odd ways in which its platform may answer for it.

import { avatar, h, iconButton } from "./dom.js";
import { PLATFORM_NAMES, activityOf, addressOf, moodOf, statesOf } from "./platforms.js";

const STEAM_FLAGS = [
  ["private", "Private profile", "Steam shows the profile as offline and nothing else"],
  ["game_hidden", "Game details hidden", "online, but no game"],
  ["untitled", "Game without a title", "Steam sends the game’s number only, as it sometimes does"],
];

// Built once and then kept up to date, so that nobody loses the field they are typing in.
export class ConsoleCard {
  constructor(platform, account, state, change) {
    this.platform = platform;
    this.change = change;
    this.name = h("bdi", {});
    this.line = h("p", { class: "console-line" });
    this.flags = {};
    const address = addressOf(platform, account);
    this.mark = `${platform}-${address}`;
    this.root = h(
      "section",
      { class: "card", "aria-label": `${PLATFORM_NAMES[platform]} account ${account.name}`, "data-testid": `console-${this.mark}` },
      h(
        "header",
        { class: "console-head" },
        avatar(Number(account.id.slice(-6)), account.name, { size: "avatar-square" }),
        h("div", { class: "console-names" }, h("h3", {}, this.name), this.line),
        h("span", { class: `platform platform-${platform}` }, PLATFORM_NAMES[platform]),
      ),
      h("p", { class: "address" }, h("code", {}, `${platform}:${address}`), address === account.id ? null : h("code", { class: "faint" }, account.id)),
      this.#row("state", "Status", this.#state(account, state)),
      this.#row("game", "Game", this.#game(account), this.#stop(account)),
      ...this.#more(account, state),
    );
    this.root.card = this;
    this.show(account, state);
  }

  show(account, state) {
    this.name.textContent = account.name;
    this.line.textContent = activityOf(this.platform, account, state);
    this.root.className = `card console console-${moodOf(account)}`;
    this.state.value = account.state;
    if (document.activeElement !== this.game) this.game.value = account.game ?? "";
    this.stop.disabled = !account.game;
    for (const [name, box] of Object.entries(this.flags)) box.checked = Boolean(account[name]);
    if (this.device) this.device.value = account.device;
    if (this.oddity) this.oddity.value = account.oddity;
  }

  #set(account, fields) {
    return this.change({ platform: this.platform, account: account.id, ...fields });
  }

  #row(name, label, field, ...more) {
    return h("div", { class: "row" }, h("label", { for: `${name}-${this.mark}` }, label), field, ...more);
  }

  #select(name, account, options) {
    const field = h(
      "select",
      { id: `${name}-${this.mark}`, "data-testid": `${name}-${this.mark}`, onchange: (event) => this.#set(account, { [name]: event.target.value }) },
      options.map(([value, label]) => h("option", { value }, label)),
    );
    this[name] = field;
    return field;
  }

  #state(account, state) {
    return this.#select("state", account, statesOf(this.platform, state));
  }

  #game(account) {
    this.game = h("input", {
      id: `game-${this.mark}`,
      list: `games-${this.platform}`,
      placeholder: "not playing",
      autocomplete: "off",
      maxlength: "100",
      "data-testid": `game-${this.mark}`,
      onchange: (event) => this.#set(account, { game: event.target.value }),
      onkeydown: (event) => event.key === "Enter" && event.target.blur(),
    });
    return this.game;
  }

  #stop(account) {
    this.stop = iconButton("close", "End the game", { onclick: () => this.#set(account, { game: "" }), "data-testid": `stop-${this.mark}` });
    return this.stop;
  }

  #more(account, state) {
    if (this.platform === "steam") {
      const [hidden, ...rare] = STEAM_FLAGS.map((flag) => this.#flag(account, ...flag));
      return [hidden, h("details", {}, h("summary", {}, "More"), rare)];
    }
    const device = this.#row("device", "Device", this.#select("device", account, (state.devices ?? []).map((name) => [name, name])));
    const oddity = this.#row("oddity", "Answers", this.#select("oddity", account, state.oddities ?? []));
    return [h("details", {}, h("summary", {}, "More"), h("div", { class: "more" }, device, oddity))];
  }

  #flag(account, name, label, title) {
    const box = h("input", { type: "checkbox", role: "switch", "data-testid": `${name}-${this.mark}`, onchange: (event) => this.#set(account, { [name]: event.target.checked }) });
    this.flags[name] = box;
    return h("label", { class: "switch", title }, box, h("span", {}, label));
  }
}
