// Building nodes. Text only ever becomes text nodes: a name or a message can contain anything.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "style") for (const [key, one] of Object.entries(value)) node.style.setProperty(key, one);
    else if (name === "value" || name === "checked" || name === "selected") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// Makes `parent` hold one node per item, in order, reusing the node whose key and signature are unchanged.
// `build(item)` makes a node; `leave(node)` may delay the removal of one (it must remove it itself).
export function reconcile(parent, items, { key, signature, build, leave }) {
  const old = new Map();
  for (const node of parent.children) if (node.dataset.key !== undefined && !node.dataset.leaving) old.set(node.dataset.key, node);
  let cursor = parent.firstElementChild;
  const skipLeaving = () => {
    while (cursor && cursor.dataset.leaving) cursor = cursor.nextElementSibling;
  };
  const focused = document.activeElement;
  let refocus = null;
  for (const item of items) {
    const name = String(key(item));
    const sign = signature(item);
    let node = old.get(name);
    old.delete(name);
    if (!node || node.reconciled !== sign) {
      const fresh = build(item, node);
      fresh.dataset.key = name;
      fresh.reconciled = sign;
      if (node && node !== fresh) {
        if (node.contains(focused)) refocus = [fresh, focused.dataset.focus];
        if (cursor === node) cursor = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    skipLeaving();
    if (cursor === node) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
  for (const node of old.values()) {
    if (leave && leave(node)) node.dataset.leaving = "1";
    else node.remove();
  }
  if (refocus) {
    const [fresh, name] = refocus;
    const inner = name && fresh.dataset.focus !== name ? fresh.querySelector(`[data-focus="${CSS.escape(name)}"]`) : null;
    (inner ?? fresh).focus({ preventScroll: true });
  }
}

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  send: "M3.4 20.4 21 12 3.4 3.6l-.4 6.600L15 12 3 13.800Z",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6 6 18",
  panel: "M4 5h16v14H4zM14 5v14",
  reply: "M10 8 5 12.500 10 17M5 12.500h8.500a5.500 5.500 0 0 1 5.500 5.500",
  edit: "M5 19h3.500L19 8.500 15.500 5 5 15.500zM13 7.500 16.500 11",
  trash: "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.500 10.500v5M13.500 10.500v5",
  plus: "M12 5v14M5 12h14",
  file: "M7 3.500h7l4 4v13H7zM14 3.500v4h4M12 11v6m-2.500-2.500L12 17l2.500-2.500",
  bell: "M6.500 16.500V11a5.500 5.500 0 0 1 11 0v5.500l1.500 1.500H5zM10 20.200h4",
  eye: "M2.500 12C5 7.700 8.300 5.500 12 5.500s7 2.200 9.500 6.500c-2.500 4.300-5.800 6.500-9.500 6.500S5 16.300 2.500 12ZM12 14.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600Z",
  pad: "M8 8h8a4.500 4.500 0 0 1 4.400 3.600l.6 3.200a2.400 2.400 0 0 1-4.200 2L15.200 15H8.800l-1.600 1.800a2.400 2.400 0 0 1-4.200-2l.6-3.200A4.500 4.500 0 0 1 8 8ZM8.500 10.300v2.800M7.100 11.700h2.800M15 12.300h.01M17 10.800h.01",
  people: "M9 11.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3.500 19a5.500 5.500 0 0 1 11 0M15.500 11.500a2.600 2.600 0 1 0 0-5.200M17 14a5 5 0 0 1 3.500 5",
  bolt: "M13 3 5 13.500h6L10.500 21 19 10h-6.200z",
  bot: "M7 9h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2ZM12 9V5.500M9.500 13v1.500M14.500 13v1.500M3 13v2.500M21 13v2.500",
  slash: "M14.500 5 9.500 19M5 5h14v14H5z",
  keys: "M4 6.500h16v11H4zM7.500 10h.01M10.500 10h.01M13.500 10h.01M16.500 10h.01M8 14h8",
  down: "M6 10l6 6 6-6",
  warn: "M12 4 2.800 19.500h18.400zM12 10v4.500M12 17h.01",
  check: "M5 12.500 10 17 19 7.500",
  topic: "M5 9h14M5 15h14M10 4 8 20M16 4l-2 16",
};

export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon ${extra} ${name === "send" ? "icon-solid" : ""}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, props = {}) {
  return h("button", { type: "button", class: `icon-button ${props.class ?? ""}`, title: label, "aria-label": label, ...without(props, "class") }, icon(name));
}

function without(props, name) {
  const { [name]: _, ...rest } = props;
  return rest;
}

// Initials on a colour that depends only on the id; a bot gets its own look.
export function avatar(id, name, { bot = false, group = false, size = "" } = {}) {
  const node = h("span", { class: `avatar ${group ? "avatar-group" : ""} ${size}`, "aria-hidden": "true" });
  if (bot) {
    node.classList.add("avatar-bot");
    node.append(icon("pad"));
  } else {
    node.classList.add(`hue-${hue(id)}`);
    node.append(initials(name));
  }
  return node;
}

// One of eight, spread so that neighbours differ.
export function hue(id) {
  return Math.imul(Math.abs(Number(id)) % 0x7fffffff, 0x9e3779b1) >>> 29;
}

function initials(name) {
  const words = String(name).match(/[\p{L}\p{N}]+/gu) ?? ["?"];
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...word][0].toLocaleUpperCase()).join("");
}

// Arrow keys, Home and End move the focus between the nodes that `selector` finds in `list`.
export function arrowKeys(list, selector, { horizontal = false, select = false } = {}) {
  const forward = horizontal ? ["ArrowRight"] : ["ArrowDown", "ArrowRight"];
  const backward = horizontal ? ["ArrowLeft"] : ["ArrowUp", "ArrowLeft"];
  list.addEventListener("keydown", (event) => {
    const nodes = [...list.querySelectorAll(selector)];
    const at = nodes.indexOf(document.activeElement);
    if (at < 0) return;
    let to = null;
    if (forward.includes(event.key)) to = (at + 1) % nodes.length;
    else if (backward.includes(event.key)) to = (at - 1 + nodes.length) % nodes.length;
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = nodes.length - 1;
    if (to === null) return;
    event.preventDefault();
    nodes[to].focus();
    if (select) nodes[to].click();
  });
}
