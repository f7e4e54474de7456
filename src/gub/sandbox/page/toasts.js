// Short notices at the bottom, and the bot's alerts, which wait for OK.

import { h } from "./dom.js";

const SHOWN = 5000;

export function toast(text, { title = "", kind = "" } = {}) {
  const node = h("div", { class: `toast ${kind ? `toast-${kind}` : ""}`, "data-testid": "toast" }, title && h("strong", {}, title), h("span", {}, text));
  const box = document.getElementById("toasts");
  box.append(node);
  while (box.children.length > 4) box.firstElementChild.remove();
  setTimeout(() => node.remove(), SHOWN);
}

export function showAlert(text, title) {
  const close = () => dialog.close();
  const dialog = h(
    "dialog",
    { class: "alert", "aria-labelledby": "alert-title", "data-testid": "alert" },
    h("h2", { id: "alert-title" }, title),
    h("p", {}, text),
    h("button", { type: "button", class: "button button-primary", onclick: close, autofocus: true }, "OK"),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  document.body.append(dialog);
  dialog.showModal();
}

export function confirmed(text, { title, yes }) {
  return new Promise((resolve) => {
    let answer = false;
    const end = (value) => () => {
      answer = value;
      dialog.close();
    };
    const dialog = h(
      "dialog",
      { class: "alert", "aria-labelledby": "confirm-title", "data-testid": "confirm" },
      h("h2", { id: "confirm-title" }, title),
      h("p", {}, text),
      h(
        "div",
        { class: "alert-buttons" },
        h("button", { type: "button", class: "button", onclick: end(false) }, "Cancel"),
        h("button", { type: "button", class: "button button-danger", onclick: end(true), autofocus: true }, yes),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
