// The bot's own process: start, stop, kill, and what it writes.

import { h, reconcile } from "./dom.js";
import { botPhase } from "./format.js";

const WARN = /\b(error|critical|failed|cannot|traceback)\b/i;

export class BotTab {
  constructor({ model, actions }) {
    this.model = model;
    this.phase = h("strong", { class: "bot-phase", "data-testid": "bot-phase" });
    this.facts = h("p", { class: "hint", "data-testid": "bot-facts" });
    this.dot = h("span", { class: "big-dot" });
    const button = (what, label, title, cls = "") =>
      h("button", { type: "button", class: `button ${cls}`, title, "data-testid": `bot-${what}`, onclick: () => actions.do("bot", { do: what }) }, label);
    this.start = button("start", "Start", "gub run", "button-primary");
    this.restart = button("restart", "Restart", "SIGTERM, then start again");
    this.stop = button("stop", "Stop", "SIGTERM: finish what was taken, then close");
    this.kill = button("kill", "kill -9", "SIGKILL: as a crash would", "button-danger");
    this.log = h("div", { class: "log", role: "log", "aria-label": "The bot's last lines", tabindex: "0", "data-testid": "bot-log" });
    this.root = h(
      "div",
      {},
      h("p", { class: "hint" }, "The real bot, in a process of its own, as gub run runs it. Kill it in the middle of something: nothing that was sent to it is lost."),
      h("section", { class: "card" }, h("div", { class: "bot-line" }, this.dot, this.phase), this.facts, h("div", { class: "buttons" }, this.start, this.restart, this.stop, this.kill)),
      h("section", { class: "card" }, h("h3", {}, "Its last lines"), this.log),
    );
  }

  render() {
    const { bot } = this.model;
    this.phase.textContent = botPhase(bot);
    this.dot.className = `big-dot dot-${!bot.running ? "bad" : bot.connected === false ? "warn" : "good"}`;
    const waiting = bot.pending_updates ? `${bot.pending_updates} updates waiting for it` : null;
    const facts = [`@${bot.username}`, bot.mode, waiting, bot.pid ? `pid ${bot.pid}` : null, bot.exit_code === null || bot.exit_code === undefined ? null : `exit code ${bot.exit_code}`];
    this.facts.textContent = facts.filter(Boolean).join(" · ");
    this.start.hidden = bot.running;
    for (const one of [this.restart, this.stop, this.kill]) one.hidden = !bot.running;
    const lines = bot.lines ?? [];
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    const before = this.before ?? [];
    if (before.length !== lines.length || before.some((line, index) => line !== lines[index])) {
      reconcile(this.log, lines.map((text, index) => ({ text, index })), {
        key: (line) => line.index,
        signature: (line) => line.text,
        build: (line) => h("div", { class: `log-line ${WARN.test(line.text) ? "log-warn" : ""}` }, line.text),
      });
      this.before = lines;
      if (atEnd) this.log.scrollTop = this.log.scrollHeight;
    }
  }
}
