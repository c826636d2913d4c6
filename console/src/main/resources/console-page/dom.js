// Elements without markup in strings: whatever a record says is text and nothing else.
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null));
  return element;
}

export const at = (id) => document.getElementById(id);

export function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function table(head, rows) {
  return h("div", { class: "scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col", class: cell.number ? "number" : null }, cell.name ?? cell)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, n) => h("td", { class: head[n].number ? "number" : null }, cell)))))));
}

export const count = (n) => Math.round(n).toLocaleString("en");
export const ms = (n) => (n == null ? "–" : n < 10 ? n.toFixed(1) : count(n)) + " ms";
export const percent = (p) => (100 * p).toFixed(p < 0.1 ? 2 : 1) + " %";

export function ago(timestamp) {
  const seconds = Math.max(0, (Date.now() - timestamp) / 1000);
  if (seconds < 2) return "now";
  if (seconds < 90) return Math.round(seconds) + " s ago";
  if (seconds < 5400) return Math.round(seconds / 60) + " min ago";
  return seconds < 129600 ? Math.round(seconds / 3600) + " h ago" : Math.round(seconds / 86400) + " days ago";
}

// Told to screen readers, seen by nobody.
export const say = (text) => { at("said").textContent = text; };

export function problem(message) {
  at("problem").textContent = message ?? "";
  at("problem").hidden = !message;
}
