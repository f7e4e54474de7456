// The list of people from which one chooses some for the bot.

import { avatar, h } from "./dom.js";
import { counted } from "./format.js";
import { fullName } from "./model.js";

// Gives the ids of the people chosen, or null when nobody was.
export function choosePeople(model, request) {
  const most = request.max_quantity ?? 1;
  const people = request.user_is_bot ? [] : [...model.users.values()].filter((user) => user.first_name && user.id !== model.ui.actor);
  return new Promise((resolve) => {
    let answer = null;
    const boxes = people.map((user) => h("input", { type: "checkbox", value: user.id, "data-testid": `choose-${user.id}` }));
    const chosen = () => boxes.filter((box) => box.checked).map((box) => Number(box.value));
    const done = h("button", { type: "submit", class: "button button-primary", "data-testid": "chosen" });
    const count = () => {
      const number = chosen().length;
      done.textContent = number ? `Choose ${number}` : "Choose";
      done.disabled = !number;
      for (const box of boxes) box.disabled = !box.checked && number >= most;
    };
    const form = h(
      "form",
      { method: "dialog", onsubmit: () => (answer = chosen()) },
      h("h2", { id: "picker-title" }, "Choose people"),
      h("p", { class: "picker-about" }, people.length ? `up to ${counted(most, "person", "people")}, from all of Telegram` : "There is nobody here to choose."),
      h("div", { class: "picker-list", onchange: count }, people.map((user, at) => row(user, boxes[at]))),
      h("div", { class: "alert-buttons" }, h("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Back"), done),
    );
    const dialog = h("dialog", { class: "alert picker", "aria-labelledby": "picker-title", "data-testid": "user-picker" }, form);
    count();
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function row(user, box) {
  return h(
    "label",
    { class: "picker-row" },
    box,
    avatar(user.id, fullName(user), { size: "avatar-small" }),
    h("span", {}, h("bdi", {}, fullName(user)), user.username ? h("small", {}, `@${user.username}`) : null),
  );
}
