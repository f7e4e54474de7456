// The players' machines: what each account does now, on all platforms or on one.

import { ConsoleCard } from "./console-card.js";
import { arrowKeys, h, icon, reconcile } from "./dom.js";
import { ACCOUNT_WORDS, PLATFORMS, PLATFORM_NAMES, addressOf } from "./platforms.js";

const ALL = "all";

export class ConsolesTab {
  constructor({ model, actions }) {
    this.model = model;
    this.actions = actions;
    this.chosen = ALL;
    this.cards = h("div", { class: "cards" });
    this.games = PLATFORMS.map((platform) => h("datalist", { id: `games-${platform}` }));
    this.downText = h("span", {});
    this.down = h("p", { class: "notice notice-warn", hidden: true }, icon("warn"), this.downText);
    this.filter = this.#filter();
    this.form = this.#addForm();
    this.root = h(
      "div",
      {},
      h("p", { class: "hint" }, "What the players’ machines are doing. Change something here, then ask the bot for /status."),
      this.down,
      this.filter,
      this.cards,
      this.form,
      this.games,
    );
  }

  render() {
    const { platforms } = this.model;
    const here = PLATFORMS.filter((platform) => platforms[platform]);
    const failing = here.filter((platform) => platforms[platform].up === false).map((platform) => PLATFORM_NAMES[platform]);
    this.down.hidden = failing.length === 0;
    this.downText.textContent = `${failing.join(", ")} ${failing.length > 1 ? "are" : "is"} failing at the moment; see Faults.`;
    for (const button of this.filter.children) {
      button.hidden = button.value !== ALL && !here.includes(button.value);
      button.setAttribute("aria-checked", String(button.value === this.chosen));
      button.tabIndex = button.value === this.chosen ? 0 : -1;
    }
    this.filter.hidden = here.length < 2;
    for (const list of this.games) {
      const known = platforms[list.id.slice("games-".length)]?.games ?? [];
      reconcile(list, known, { key: (game) => game, signature: () => "", build: (game) => h("option", { value: game }) });
    }
    reconcile(this.cards, this.#accounts(here), {
      key: ({ platform, account }) => `${platform} ${account.id} ${addressOf(platform, account)}`,
      signature: ({ account }) => JSON.stringify(account),
      build: ({ platform, account }, old) => this.#card(platform, account, old),
    });
  }

  #accounts(here) {
    const shown = here.filter((platform) => this.chosen === ALL || this.chosen === platform);
    return shown.flatMap((platform) => (this.model.platforms[platform].accounts ?? []).map((account) => ({ platform, account })));
  }

  #card(platform, account, old) {
    const state = this.model.platforms[platform];
    if (!old) return new ConsoleCard(platform, account, state, (fields) => this.actions.do("set_presence", fields)).root;
    old.card.show(account, state);
    return old;
  }

  #filter() {
    const choose = (event) => {
      this.chosen = event.currentTarget.value;
      if (this.chosen !== ALL) {
        this.platform.value = this.chosen;
        this.#words();
      }
      this.render();
    };
    const pills = [[ALL, "All"], ...Object.entries(PLATFORM_NAMES)].map(([value, label]) =>
      h("button", { type: "button", class: "pill", role: "radio", value, "data-testid": `platform-${value}`, onclick: choose }, label),
    );
    const bar = h("div", { class: "pills", role: "radiogroup", "aria-label": "Platform" }, pills);
    arrowKeys(bar, "button", { horizontal: true, select: true });
    return bar;
  }

  #addForm() {
    this.platform = h(
      "select",
      { id: "account-platform", "data-testid": "account-platform", onchange: () => this.#words() },
      PLATFORMS.map((platform) => h("option", { value: platform }, PLATFORM_NAMES[platform])),
    );
    this.nameLabel = h("label", { for: "account-name" });
    const name = h("input", { id: "account-name", required: true, maxlength: "32", placeholder: "nova", autocomplete: "off", "data-testid": "account-name" });
    const vanity = h("input", { id: "account-vanity", maxlength: "32", pattern: "[A-Za-z0-9_\\-]{2,32}", placeholder: "optional", autocomplete: "off", "data-testid": "account-vanity" });
    this.vanityRow = h("div", { class: "row" }, h("label", { for: "account-vanity" }, "Custom URL"), vanity);
    const form = h(
      "form",
      {
        class: "card card-form",
        onsubmit: async (event) => {
          event.preventDefault();
          const platform = this.platform.value;
          const fields = { platform, name: name.value };
          if (platform === "steam" && vanity.value) fields.vanity = vanity.value;
          if (!(await this.actions.do("add_account", fields))) return;
          name.value = vanity.value = "";
        },
      },
      h("h3", {}, "Another account"),
      h("div", { class: "row" }, h("label", { for: "account-platform" }, "Platform"), this.platform),
      h("div", { class: "row" }, this.nameLabel, name),
      this.vanityRow,
      h("button", { class: "button", "data-testid": "account-add" }, icon("plus"), "Add account"),
    );
    this.#words();
    return form;
  }

  #words() {
    this.nameLabel.textContent = ACCOUNT_WORDS[this.platform.value];
    this.vanityRow.hidden = this.platform.value !== "steam";
  }
}
