// Puts the parts together: one model, three columns, one connection.

import { Actions } from "./actions.js";
import { ChatView } from "./chat.js";
import { Connection } from "./connection.js";
import { Model } from "./model.js";
import { Panel } from "./panel.js";
import { Sidebar } from "./sidebar.js";
import { toast } from "./toasts.js";

const app = document.getElementById("app");
const offline = document.getElementById("offline");
const WIDE = matchMedia("(min-width: 1180px)");

const model = new Model();
const actions = new Actions(model);
const sidebar = new Sidebar(model, actions);
const chat = new ChatView(model, actions);
const panel = new Panel(model, actions);

app.dataset.panel = WIDE.matches ? "open" : "closed";
WIDE.addEventListener("change", () => showPanel(WIDE.matches));
chat.onPanel = () => showPanel(app.dataset.panel !== "open");
panel.onClose = () => showPanel(false);

function showPanel(open) {
  app.dataset.panel = open ? "open" : "closed";
  document.querySelector("[data-testid=panel-toggle]").setAttribute("aria-expanded", String(open));
}

model.subscribe(() => {
  if (!model.ready) return;
  app.dataset.view = model.ui.view ?? "list";
  actions.settleTaps();
  sidebar.render();
  chat.render();
  panel.render();
  const pushes = model.ui.actor === null ? 0 : model.pushesOf(model.ui.actor);
  document.title = pushes ? `(${pushes}) GUB sandbox` : "GUB sandbox";
  document.documentElement.dataset.ready = "yes";
});

new Connection(
  (state) => model.take(state),
  (online) => {
    offline.hidden = online;
    offline.textContent = online ? "" : "The sandbox does not answer. Is it still running? Trying again …";
  },
).open();

document.addEventListener("pointerdown", (event) => {
  const outside = !event.target.closest("#panel, dialog, [data-testid=panel-toggle]");
  if (!WIDE.matches && outside && app.dataset.panel === "open") showPanel(false);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    if (!WIDE.matches && app.dataset.panel === "open") showPanel(false);
    else if (model.ui.view === "chat") model.choose({ view: "list" });
  } else if (event.altKey && /^Digit[1-9]$/.test(event.code)) {
    const user = [...model.users.keys()][Number(event.code.slice(5)) - 1];
    if (user !== undefined) model.choose({ actor: user });
  }
});

window.addEventListener("unhandledrejection", (event) => toast(String(event.reason?.message ?? event.reason), { kind: "error" }));
