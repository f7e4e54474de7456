// Breaking things on purpose: Telegram or a platform fails or is slow.

import { h, icon, reconcile } from "./dom.js";
import { SignIns } from "./panel-sign-ins.js";
import { PLATFORM_NAMES } from "./platforms.js";

// [kind, label, what its seconds mean]
const TELEGRAM_KINDS = [
  ["429", "429: too many requests", "retry"],
  ["429_plain", "429 that does not say how long"],
  ["500", "500: internal error"],
  ["502_html", "502 with an HTML page"],
  ["slow", "slow", "delay"],
  ["drop_before", "connection cut, nothing done"],
  ["drop_after", "connection cut after doing it"],
  ["garbage", "an answer that is not JSON"],
  ["401", "401: token not accepted"],
];
const PLATFORM_KINDS = [
  ["down", "down until cleared"],
  ["503", "503: unavailable"],
  ["429", "429: too many requests"],
  ["429_told", "429 that says how long", "told"],
  ["429_bare", "429 without a word"],
  ["slow", "slow", "delay"],
  ["400", "400: bad request"],
  ["401", "401: not signed in"],
  ["403", "403: forbidden"],
  ["500", "500: internal error"],
  ["502", "502: bad gateway"],
  ["html", "200 with an HTML page"],
  ["garbage", "200 with half a JSON"],
  ["drop", "connection cut"],
  ["invalid_grant", "the refresh token is refused"],
  ["invalid_client", "the client secret is refused"],
  ["unauthorized_client", "the app is refused"],
  ["xerr_227", "XErr 227: banned"],
  ["xerr_229", "XErr 229: restricted by a guardian"],
  ["xerr_233", "XErr 233: no Xbox profile"],
  ["xerr_234", "XErr 234: terms not accepted"],
  ["xerr_235", "XErr 235: region not allowed"],
  ["xerr_236", "XErr 236: proof of age needed"],
  ["xerr_237", "XErr 237: play time is over"],
  ["xerr_238", "XErr 238: a child without a family"],
  ["4165", "the NPSSO has expired"],
  ["tosua", "new terms of service"],
  ["persisted_query", "the search changed"],
  ["batch_403", "batches are forbidden"],
];
const PARTS = { "*": "anywhere", login: "sign-in page", user: "user token", xsts: "XSTS token", authorize: "NPSSO page", token: "token page", profile: "profiles", search: "search", presence: "presence" };
const METHODS = ["*", "sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates", "getChatMember", "deleteMessage"];
const NAMES = { telegram: "Telegram", ...PLATFORM_NAMES };

export class FaultsTab {
  constructor({ model, actions }) {
    this.model = model;
    this.actions = actions;
    this.target = h("select", { id: "fault-target", "data-testid": "fault-target", onchange: () => this.#kinds() }, Object.entries(NAMES).map(([value, label]) => h("option", { value }, label)));
    this.kind = h("select", { id: "fault-kind", "data-testid": "fault-kind", onchange: () => this.#fields() });
    this.method = h("select", { id: "fault-method", "data-testid": "fault-method" }, METHODS.map((name) => h("option", { value: name }, name === "*" ? "any method" : name)));
    this.times = h("input", { id: "fault-times", type: "number", min: "1", max: "1000", value: "1", "data-testid": "fault-times" });
    this.seconds = h("input", { id: "fault-seconds", type: "number", min: "0", max: "120", step: "0.5", value: "3", "data-testid": "fault-seconds" });
    this.endless = h("input", { type: "checkbox", role: "switch", "data-testid": "fault-endless", onchange: () => this.#fields() });
    this.part = h("select", { id: "fault-part", "data-testid": "fault-part" });
    this.methodRow = row("fault-method", "Method", this.method);
    this.partRow = row("fault-part", "Where", this.part);
    this.timesRow = row("fault-times", "Times", this.times);
    this.secondsLabel = h("label", { for: "fault-seconds" }, "Seconds");
    this.secondsRow = h("div", { class: "row" }, this.secondsLabel, this.seconds);
    this.list = h("div", { class: "faults", role: "list", "aria-label": "Faults to come" });
    this.none = h("p", { class: "hint" }, "Everything works.");
    this.clear = h("button", { type: "button", class: "button", "data-testid": "fault-clear", onclick: () => actions.do("clear_faults", {}) }, "Let everything work again");
    this.log = h("div", { class: "requests", role: "list", "aria-label": "The bot's last calls", tabindex: "0" });
    this.signIns = new SignIns({ model, actions });
    this.root = h(
      "div",
      {},
      h("p", { class: "hint" }, "See how the bot behaves when the world does not."),
      h(
        "form",
        {
          class: "card",
          onsubmit: (event) => {
            event.preventDefault();
            this.#add();
          },
        },
        row("fault-target", "Who", this.target),
        row("fault-kind", "How", this.kind),
        this.methodRow,
        this.partRow,
        this.secondsRow,
        this.timesRow,
        h("label", { class: "switch" }, this.endless, h("span", {}, "Until I clear it")),
        h("button", { class: "button button-danger", "data-testid": "fault-add" }, icon("bolt"), "Break it"),
      ),
      h("section", { class: "card" }, h("h3", {}, "To come"), this.none, this.list, this.clear),
      this.signIns.root,
      h("section", { class: "card" }, h("h3", {}, "The bot’s last calls to Telegram"), this.log),
    );
    this.#kinds();
  }

  // What can break depends on who it is, and for a platform on what its simulator offers.
  #kinds() {
    const target = this.target.value;
    const parts = this.model.platforms?.[target]?.fault_parts ?? [];
    this.kind.replaceChildren(...this.#known().map(([value, label]) => h("option", { value }, label)));
    this.part.replaceChildren(...parts.map((value) => h("option", { value }, PARTS[value] ?? value)));
    this.#fields();
  }

  #known() {
    const target = this.target.value;
    if (target === "telegram") return TELEGRAM_KINDS;
    const offered = this.model.platforms?.[target]?.fault_kinds ?? [];
    return [...PLATFORM_KINDS.filter(([kind]) => offered.includes(kind)), ...offered.filter((kind) => !labelOf(PLATFORM_KINDS, kind)).map((kind) => [kind, kind])];
  }

  #chosen() {
    return this.#known().find(([value]) => value === this.kind.value) ?? [this.kind.value, ""];
  }

  #fields() {
    const [kind, , seconds] = this.#chosen();
    this.methodRow.hidden = this.target.value !== "telegram";
    this.partRow.hidden = this.part.children.length === 0;
    this.secondsRow.hidden = !seconds;
    this.secondsLabel.textContent = seconds === "delay" ? "Slow by (s)" : "Retry after (s)";
    this.timesRow.hidden = this.endless.checked || kind === "down";
    this.endless.parentElement.hidden = kind === "down";
  }

  #add() {
    const [kind, , seconds] = this.#chosen();
    const target = this.target.value;
    const fields = { target, kind, times: this.endless.checked || kind === "down" ? -1 : Number(this.times.value) };
    if (target === "telegram") fields.method = this.method.value;
    if (this.part.value) fields.where = this.part.value;
    if (seconds === "retry") fields.retry_after = Math.ceil(Number(this.seconds.value));
    else if (seconds) fields.delay = Number(this.seconds.value);
    return this.actions.do("fault", fields);
  }

  render() {
    const { faults, requests } = this.model;
    const parts = this.model.platforms?.[this.target.value]?.fault_parts ?? [];
    if (this.part.children.length !== parts.length) this.#kinds();
    this.signIns.render();
    this.none.hidden = faults.length > 0;
    this.clear.hidden = !faults.length;
    reconcile(this.list, faults.map((fault, index) => ({ ...fault, index })), {
      key: (fault) => fault.index,
      signature: (fault) => JSON.stringify(fault),
      build: (fault) => h("div", { class: "fault", role: "listitem" }, icon("bolt"), h("span", {}, describe(fault))),
    });
    const seen = new Map();
    for (const request of requests) {
      const moment = `${request.at} ${request.method}`;
      seen.set(moment, (seen.get(moment) ?? 0) + 1);
      request.key = `${moment} ${seen.get(moment)}`;
    }
    reconcile(this.log, [...requests].reverse(), {
      key: (request) => request.key,
      signature: (request) => JSON.stringify(request),
      build: requestLine,
    });
  }
}

function row(id, label, field) {
  return h("div", { class: "row" }, h("label", { for: id }, label), field);
}

function labelOf(kinds, kind) {
  return kinds.find(([value]) => value === kind)?.[1];
}

function describe(fault) {
  const kind = labelOf(fault.target === "telegram" ? TELEGRAM_KINDS : PLATFORM_KINDS, fault.kind) ?? fault.kind;
  const place = fault.method ?? PARTS[fault.where] ?? fault.where;
  const where = place && place !== "*" && place !== PARTS["*"] ? `, ${place}` : "";
  const often = fault.times < 0 ? "until cleared" : `${fault.times}×`;
  return `${NAMES[fault.target] ?? fault.target}${where}: ${kind}, ${often}`;
}

function requestLine(request) {
  const status = request.status ?? null;
  const tone = status === null ? "wait" : status >= 200 && status < 300 ? "good" : "bad";
  const chat = request.params?.chat_id ? ` ${request.params.chat_id}` : "";
  return h(
    "div",
    { class: "request", role: "listitem", title: request.description ?? "" },
    h("code", {}, request.method),
    h("span", { class: "faint" }, chat),
    h("span", { class: `status status-${tone}` }, status === null ? "…" : status === 0 ? "cut" : String(status)),
  );
}
