// What a box of the map looks like: card of a part, frame of an opened one, module, unit.
import { s, short, percent, plural } from "./dom.js";
import { isLocked } from "./edit.js";
import { isDeployed } from "./store.js";

/** @typedef {import("./store.js").Store} Store @typedef {import("./layout.js").Box} Box */

/** Characters of a part's name that fit at full size, and at the smaller one. */
const NAME = 22, LONG_NAME = 29;

/** @param {Store} store @param {(b: Box) => boolean} isFirst whether the Tab key lands on the box */
export function makeCards(store, isFirst) {
  /** @param {Box} b @param {...any} inner */
  function node(b, ...inner) {
    const parts = inner.flat(2);
    for (const el of parts) if (el instanceof Element && !el.classList.contains("body")) el.setAttribute("aria-hidden", "true");
    return s("g.node", {
      class: `${b.type}${b.open ? " open" : ""}${b.aside ? " aside" : ""}`, "data-key": b.key, transform: `translate(${b.x} ${b.y})`, role: "treeitem",
      tabindex: isFirst(b) ? 0 : -1, "aria-level": b.depth + 1, "aria-expanded": b.type === "unit" ? null : b.open, "aria-label": spoken(b, parts),
      "aria-selected": store.selected === b.key || (b.type === "unit" && store.picked.has(b.units[0])),
    }, parts);
  }

  /** What a screen reader says: what is written on the box, and what it is. @param {Box} b @param {any[]} parts */
  function spoken(b, parts) {
    const written = parts.filter((el) => el instanceof SVGElement && el.tagName === "text").map((el) => el.firstChild?.textContent ?? "").join(" ");
    const role = b.type === "unit" ? store.model.roles[store.model.units[b.units[0]].role].label : b.type;
    return `${written}, ${role}${written.includes("…") ? `, ${b.name}` : ""}`;
  }

  /** @param {Box} b */
  const draw = (b) => (b.open ? frame(b) : b.type === "group" ? (b.aside ? shelf(b) : card(b)) : b.type === "unit" ? chip(b) : module(b));

  /** @param {Box} b */
  function card(b) {
    const group = store.groups[b.group], figures = store.figures.groups[b.group];
    const kind = store.model.groupKinds[group.kind] ?? group.kind;
    const modules = new Set(b.units.map((u) => store.model.units[u].module)).size;
    return node(b,
      s("rect.body", { width: b.w, height: b.h, rx: 12 }),
      partName(b, 28), group.locked.includes("*") && lockMark(b.w - 30, 16),
      s("text.sub", { x: 16, y: 47 }, `${kind === "package" || kind === "role" ? plural(modules, "module") : kind} · ${plural(store.model.loud(b.units).length, "unit")}`),
      s("text.label", { x: 16, y: 71 }, "cohesion"),
      s("text.label", { x: b.w - 16, y: 71, "text-anchor": "end" }, percent(figures.cohesion)),
      s("rect.bar-back", { x: 16, y: 78, width: b.w - 32, height: 5, rx: 2.5 }),
      !Number.isNaN(figures.cohesion) && s("rect.bar", { x: 16, y: 78, width: Math.max(3, (b.w - 32) * figures.cohesion), height: 5, rx: 2.5 }),
      roleStrip(b, 16, 106, b.w - 32),
      s("text.label", { x: 16, y: 100 }, `in ${Math.round(figures.incoming)} · out ${Math.round(figures.outgoing)}`),
      figures.inCycle && s("text.label.warn", { x: b.w - 16, y: 100, "text-anchor": "end" }, "↻ in a circle"));
  }

  /** What is copied into each service, or not deployed. @param {Box} b */
  function shelf(b) {
    const kind = store.model.groupKinds[store.groups[b.group].kind];
    return node(b, s("rect.body", { width: b.w, height: b.h, rx: 10 }), s("text.name", { x: 14, y: 24 }, short(b.name, NAME)),
      s("text.sub", { x: 14, y: 43 }, `${kind} · ${plural(store.model.loud(b.units).length, "unit")}`));
  }

  /** @param {Box} b @param {number} y */
  function partName(b, y) {
    return s(b.name.length > NAME ? "text.name.long" : "text.name", { x: 16, y }, short(b.name, LONG_NAME), s("title", null, b.name));
  }

  /** An opened box. @param {Box} b */
  function frame(b) {
    const group = store.groups[b.group];
    if (b.type !== "group") {
      return node(b, s("rect.body", { width: b.w, height: b.h, rx: 10 }), s("text.module-name", { x: 14, y: 24 }, short(local(b), Math.floor(b.w / 7.6)), s("title", null, b.name)));
    }
    const sub = [store.model.groupKinds[group.kind], plural(store.model.loud(b.units).length, "unit"), isDeployed(group) && `cohesion ${percent(store.figures.groups[b.group].cohesion)}`].filter(Boolean).join(" · ");
    return node(b, s("rect.body", { width: b.w, height: b.h, rx: 14 }), s("text.name", { x: 16, y: 26 }, short(b.name, Math.floor(b.w / 10))),
      s("text.sub", { x: 16, y: 43 }, short(sub, Math.floor(b.w / 6.4))), group.locked.includes("*") && lockMark(b.w - 28, 14));
  }

  /** A closed module, or a closed package of several. @param {Box} b */
  function module(b) {
    const units = plural(store.model.loud(b.units).length, "unit");
    return node(b, b.type === "package" && s("path.stack", { d: `M6 ${b.h}v3.5h${b.w - 2.5}v${-b.h + 2}h-3.5` }), s("rect.body", { width: b.w, height: b.h, rx: 8 }), roleTab(b),
      s("text.module-name", { x: 16, y: 20 }, short(local(b), 22), s("title", null, b.name)),
      s("text.sub", { x: 16, y: 36 }, b.modules ? `${plural(b.modules, "module")} · ${units}` : units));
  }

  /** @param {Box} b */
  function chip(b) {
    const unit = store.model.units[b.units[0]];
    return node(b, s("rect.body", { width: b.w, height: b.h, rx: 6, class: store.picked.has(unit.id) ? "picked" : "" }), roleTab(b),
      s("text.unit-name", { x: 14, y: 18.5 }, short(unit.name, isLocked(store, unit.id) ? 22 : 25), s("title", null, `${unit.symbol}\n${store.model.roles[unit.role].label}`)),
      unit.kind === "class" && s("text.tag", { x: b.w - 8, y: 18, "text-anchor": "end" }, "C"), unit.entry && s("text.tag", { x: b.w - 8, y: 18, "text-anchor": "end" }, "▸"),
      isLocked(store, unit.id) && lockMark(b.w - 26, 7));
  }

  /** How many units of each role, most first. @param {Box} b @returns {[number, number][]} */
  function rolesIn(b) {
    const counts = new Map();
    for (const u of store.model.loud(b.units)) { const r = store.model.units[u].role; counts.set(r, (counts.get(r) ?? 0) + 1); }
    return [...counts].sort((p, q) => q[1] - p[1] || p[0] - q[0]);
  }

  /** Shares of the roles, as a strip in life-cycle order. @param {Box} b @param {number} x @param {number} y @param {number} w */
  function roleStrip(b, x, y, w) {
    const roles = rolesIn(b).sort((p, q) => p[0] - q[0]), all = roles.reduce((sum, [, n]) => sum + n, 0);
    let at = x;
    return s("g", null, roles.map(([role, n]) => {
      const wide = (w * n) / Math.max(1, all);
      const rect = s("rect", { x: at, y, width: Math.max(1, wide - 1), height: 5, rx: 1.5, class: `r${role}` }, s("title", null, `${store.model.roles[role].label}: ${n}`));
      at += wide;
      return rect;
    }));
  }

  /** @param {Box} b */
  const roleTab = (b) => s("rect", { x: 0, y: 5, width: 4, height: b.h - 10, rx: 2, class: `r${rolesIn(b)[0]?.[0] ?? 0}` });

  const local = (/** @type {Box} */ b) => localName(store, b.name);

  /** @param {number} x @param {number} y */
  const lockMark = (x, y) => s("path.lock", { d: `M${x} ${y + 6}h12v8h-12zM${x + 3} ${y + 6}v-2.5a3 3 0 0 1 6 0v2.5`, "aria-hidden": "true" });

  return draw;
}

/** Name of a box without what all modules of the system share. @param {Store} store @param {string} name */
export function localName(store, name) {
  if (name.endsWith(".")) return `in ${name.slice(0, -1)} itself`;
  return name.startsWith(prefix(store)) ? name.slice(prefix(store).length) : name;
}

const prefixes = new WeakMap();
/** The first part of the names of most modules: repeating it tells nothing. @param {Store} store @returns {string} */
export function prefix(store) {
  if (!prefixes.has(store.model)) {
    const counts = new Map();
    for (const { name } of store.model.modules) { const [head] = name.split("."); if (head !== name) counts.set(head, (counts.get(head) ?? 0) + 1); }
    const [head, n] = [...counts].sort((p, q) => q[1] - p[1])[0] ?? ["", 0];
    prefixes.set(store.model, n >= 0.55 * store.model.modules.length ? `${head}.` : "\0");
  }
  return prefixes.get(store.model);
}

/** @param {Store} store */
export const markers = (store) => s("defs", null, store.model.kinds.map((/** @type {any} */ k) => s("marker", {
  id: `arrow-${k.id}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse" },
s("path", { d: "M0 .8 7 4 0 7.2z", class: `a-${k.id}` }))));
