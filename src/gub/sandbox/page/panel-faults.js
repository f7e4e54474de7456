// Breaking things on purpose: Telegram or a platform fails or is slow.

import { h, icon, reconcile } from "./dom.js";

const KINDS = {
  telegram: [
    ["429", "429: too many requests", "retry"],
    ["429_plain", "429 that does not say how long"],
    ["500", "500: internal error"],
    ["502_html", "502 with an HTML page"],
    ["slow", "slow", "delay"],
    ["drop_before", "connection cut, nothing done"],
    ["drop_after", "connection cut after doing it"],
    ["garbage", "an answer that is not JSON"],
    ["401", "401: token not accepted"],
  ],
  steam: [
    ["down", "down until cleared"],
    ["503", "503: unavailable"],
    ["429", "429: too many requests"],
    ["slow", "slow", "delay"],
    ["403", "403: key refused"],
    ["401", "401: key missing"],
    ["500", "500: internal error"],
    ["html", "200 with an HTML page"],
    ["garbage", "200 with half a JSON"],
    ["drop", "connection cut"],
  ],
};
const METHODS = ["*", "sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates", "getChatMember", "deleteMessage"];
const NAMES = { telegram: "Telegram", steam: "Steam" };

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
    this.methodRow = row("fault-method", "Method", this.method);
    this.timesRow = row("fault-times", "Times", this.times);
    this.secondsLabel = h("label", { for: "fault-seconds" }, "Seconds");
    this.secondsRow = h("div", { class: "row" }, this.secondsLabel, this.seconds);
    this.list = h("div", { class: "faults", role: "list", "aria-label": "Faults to come" });
    this.none = h("p", { class: "hint" }, "Everything works.");
    this.clear = h("button", { type: "button", class: "button", "data-testid": "fault-clear", onclick: () => actions.do("clear_faults", {}) }, "Let everything work again");
    this.log = h("div", { class: "requests", role: "list", "aria-label": "The bot's last calls", tabindex: "0" });
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
        this.secondsRow,
        this.timesRow,
        h("label", { class: "switch" }, this.endless, h("span", {}, "Until I clear it")),
        h("button", { class: "button button-danger", "data-testid": "fault-add" }, icon("bolt"), "Break it"),
      ),
      h("section", { class: "card" }, h("h3", {}, "To come"), this.none, this.list, this.clear),
      h("section", { class: "card" }, h("h3", {}, "The bot’s last calls to Telegram"), this.log),
    );
    this.#kinds();
  }

  #kinds() {
    this.kind.replaceChildren(...KINDS[this.target.value].map(([value, label]) => h("option", { value }, label)));
    this.#fields();
  }

  #chosen() {
    return KINDS[this.target.value].find(([value]) => value === this.kind.value);
  }

  #fields() {
    const [kind, , seconds] = this.#chosen();
    this.methodRow.hidden = this.target.value !== "telegram";
    this.secondsRow.hidden = !seconds;
    this.secondsLabel.textContent = seconds === "retry" ? "Retry after (s)" : "Slow by (s)";
    this.timesRow.hidden = this.endless.checked || kind === "down";
    this.endless.parentElement.hidden = kind === "down";
  }

  #add() {
    const [kind, , seconds] = this.#chosen();
    const target = this.target.value;
    const fields = { target, kind, times: this.endless.checked ? -1 : Number(this.times.value) };
    if (kind === "down") fields.times = -1;
    if (target === "telegram") fields.method = this.method.value;
    if (seconds === "retry") fields.retry_after = Math.ceil(Number(this.seconds.value));
    if (seconds === "delay") fields.delay = Number(this.seconds.value);
    return this.actions.do("fault", fields);
  }

  render() {
    const { faults, requests } = this.model;
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

function describe(fault) {
  const kind = KINDS[fault.target]?.find(([value]) => value === fault.kind)?.[1] ?? fault.kind;
  const where = fault.method && fault.method !== "*" ? `, ${fault.method}` : "";
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
