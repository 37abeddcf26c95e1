// Elements without markup strings: text from the analysed code can never become an element.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an HTML element.
 * @param {string} tag  `div`, or `div.card.wide` with classes
 * @param {Record<string, any> | null} [props]  `on…` are listeners, `class` is added, true/false set or leave out an attribute
 * @param {...(Node | string | number | null | undefined | false | (Node | string | null | false)[])} children
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  return /** @type {HTMLElement} */ (fill(document.createElement(name), classes, props, children));
}

/**
 * Make an SVG element, as `h` does.
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...any} children
 * @returns {SVGElement}
 */
export function s(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  return /** @type {SVGElement} */ (fill(document.createElementNS(SVG, name), classes, props, children));
}

/** @param {Element} el @param {string[]} classes @param {Record<string, any> | null | undefined} props @param {any[]} children */
function fill(el, classes, props, children) {
  if (classes.length) el.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(props ?? {})) {
    if (key.startsWith("aria-") && typeof value === "boolean") { el.setAttribute(key, String(value)); continue; }
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else if (key === "class") el.setAttribute("class", [...classes, value].filter(Boolean).join(" "));
    else if (key === "vars") for (const [k, v] of Object.entries(value)) /** @type {any} */ (el).style.setProperty(k, String(v));
    else if (key === "value") /** @type {any} */ (el).value = value;
    else el.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat(3)) if (child !== null && child !== undefined && child !== false) el.append(child instanceof Node ? child : String(child));
  return el;
}

/** Replace what an element holds. @param {Element} el @param {...any} children */
export function put(el, ...children) {
  el.replaceChildren(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

/** Text with names in backticks as code. @param {string} text */
export const ticks = (text) => text.split("`").map((part, n) => (n % 2 ? h("code", null, part) : part));

/** Cut a name in its middle, where names that share a start differ least. @param {string} text @param {number} most */
export function short(text, most) {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) * 0.45);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}

/** Text that may break after dots, slashes and underscores, and nowhere else in a name. @param {string} text */
export const breakable = (text) => text.split(/(?<=[./_:])/).flatMap((part, n) => (n ? [document.createElement("wbr"), part] : [part]));

/** @param {number} n @param {string} noun */
export const plural = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
/** @param {number} part 0 to 1, NaN for none */
export const percent = (part) => (Number.isNaN(part) ? "–" : `${Math.round(part * 100)} %`);
/** @param {number} n */
export const signed = (n) => (n > 0 ? `+${round(n)}` : n < 0 ? `−${round(-n)}` : "±0");
/** @param {number} n */
export const round = (n) => (Math.round(n * 10) / 10).toLocaleString("en");

/** Hand a file to the person. @param {string} name @param {BlobPart} content @param {string} type */
export function download(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
}

const live = h("div.sr", { "aria-live": "polite", role: "status" });
/** Say something to a screen reader, and show it for a moment. @param {string} text */
export function say(text) {
  if (!live.isConnected) document.body.append(live);
  live.textContent = text;
  document.querySelector(".toast")?.remove();
  const toast = h("div.toast", { "aria-hidden": "true" }, text);
  document.body.append(toast);
  setTimeout(() => toast.remove(), 3200);
}
