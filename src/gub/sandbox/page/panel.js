// Right: the world's switches, in four tabs.

import { BotTab } from "./panel-bot.js";
import { ConsolesTab } from "./panel-consoles.js";
import { FaultsTab } from "./panel-faults.js";
import { GroupTab } from "./panel-group.js";
import { arrowKeys, h, icon, iconButton } from "./dom.js";

export class Panel {
  constructor(model, actions) {
    this.model = model;
    const on = { model, actions };
    this.tabs = [
      { id: "consoles", label: "Consoles", icon: "pad", view: new ConsolesTab(on) },
      { id: "group", label: "Group", icon: "people", view: new GroupTab(on) },
      { id: "faults", label: "Faults", icon: "bolt", view: new FaultsTab(on) },
      { id: "bot", label: "Bot", icon: "bot", view: new BotTab(on) },
    ];
    const list = h("div", { class: "tabs", role: "tablist", "aria-label": "Controls" });
    const body = h("div", { class: "panel-body" });
    for (const tab of this.tabs) {
      tab.dot = h("span", { class: "tab-dot", hidden: true });
      tab.button = h(
        "button",
        {
          type: "button",
          class: "tab",
          role: "tab",
          id: `tab-${tab.id}`,
          "aria-controls": `pane-${tab.id}`,
          "data-testid": `tab-${tab.id}`,
          onclick: () => model.choose({ tab: tab.id }),
        },
        icon(tab.icon),
        h("span", {}, tab.label),
        tab.dot,
      );
      tab.pane = h("div", { class: "pane", role: "tabpanel", id: `pane-${tab.id}`, "aria-labelledby": `tab-${tab.id}` }, tab.view.root);
      list.append(tab.button);
      body.append(tab.pane);
    }
    arrowKeys(list, "button", { horizontal: true, select: true });
    this.closeButton = iconButton("close", "Close the controls", { class: "panel-close", onclick: () => this.onClose() });
    document.getElementById("panel").append(h("header", { class: "panel-head" }, list, this.closeButton), body);
  }

  onClose() {}

  render() {
    const { model } = this;
    const dots = { faults: model.faults.length > 0 ? "warn" : "", bot: !model.bot.running ? "bad" : model.bot.connected === false ? "warn" : "good" };
    for (const tab of this.tabs) {
      const chosen = model.ui.tab === tab.id;
      tab.button.setAttribute("aria-selected", String(chosen));
      tab.button.tabIndex = chosen ? 0 : -1;
      tab.pane.hidden = !chosen;
      tab.dot.hidden = !dots[tab.id];
      tab.dot.className = `tab-dot dot-${dots[tab.id] || "none"}`;
      if (chosen) tab.view.render();
    }
  }
}
