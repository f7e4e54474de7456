// The bot's sign-ins to the platforms: what it was given, and ways to end them early.

import { h } from "./dom.js";
import { PLATFORM_NAMES } from "./platforms.js";
import { toast } from "./toasts.js";

const ENDS = {
  xbox: [
    ["expire_access", "End access tokens"],
    ["revoke_refresh", "Revoke refresh tokens"],
  ],
  psn: [
    ["expire_access", "End access tokens"],
    ["revoke_refresh", "Revoke refresh tokens"],
    ["expire_npsso", "Expire the NPSSO"],
    ["new_npsso", "Get a new NPSSO"],
  ],
};

export class SignIns {
  constructor({ model, actions }) {
    this.model = model;
    this.npsso = h("code", { class: "secret", "data-testid": "npsso" });
    this.npssoState = h("p", { class: "hint" });
    this.parts = Object.fromEntries(
      Object.entries(ENDS).map(([platform, ends]) => [
        platform,
        h(
          "div",
          { class: "sign-in" },
          h("h4", {}, PLATFORM_NAMES[platform]),
          platform === "psn" ? [this.npssoState, this.npsso] : null,
          h(
            "div",
            { class: "buttons" },
            ends.map(([what, label]) => h("button", { type: "button", class: "button", "data-testid": `${platform}-${what}`, onclick: () => this.#end(actions, platform, what, label) }, label)),
          ),
        ),
      ]),
    );
    this.root = h(
      "section",
      { class: "card" },
      h("h3", {}, "The bot’s sign-ins"),
      h("p", { class: "hint" }, "End them early, as platforms do. Ana owns the bot: she renews them in private with /credentials."),
      Object.values(this.parts),
    );
  }

  async #end(actions, platform, what, label) {
    if (await actions.do("credential", { platform, what })) toast(`${PLATFORM_NAMES[platform]}: ${label.toLowerCase()}, done.`);
  }

  render() {
    const { platforms } = this.model;
    for (const [platform, part] of Object.entries(this.parts)) part.hidden = !platforms[platform];
    this.root.hidden = !Object.keys(this.parts).some((platform) => platforms[platform]);
    const { npsso, npsso_works: works } = platforms.psn ?? {};
    this.npsso.textContent = npsso ?? "";
    this.npssoState.textContent = works === false ? "This NPSSO has expired; get a new one." : "The NPSSO of the signed-in browser, for /credentials:";
  }
}
