// Small questions, answered by keyboard: where to, what name, which thing.
import { h, put, say } from "./dom.js";
import { ghost, ghostWords, merge, moveToNew, moveUnits, rename } from "./edit.js";
import { titleOf } from "./store.js";
import { cutsOf } from "./suggest.js";

/** @typedef {import("./store.js").Store} Store */

/**
 * Ask for one of several things; typing narrows the list.
 * @param {string} title @param {(text: string) => {text: string, detail?: string, act: () => void}[]} choices
 */
export function choose(title, choices) {
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "choices", "aria-label": title, autocomplete: "off", spellcheck: "false" }));
  const list = h("ul", { id: "choices", role: "listbox", "aria-label": title });
  const dialog = /** @type {HTMLDialogElement} */ (h("dialog.choose", { "aria-label": title }, h("p.kicker", null, title), input, list));
  let /** @type {ReturnType<typeof choices>} */ now = [];
  let at = 0;
  const close = () => { dialog.close(); dialog.remove(); };
  const take = (/** @type {number} */ n) => { const choice = now[n]; if (choice) { close(); choice.act(); } };
  const draw = () => {
    now = choices(input.value.trim()).slice(0, 60);
    at = Math.max(0, Math.min(at, now.length - 1));
    put(list, now.map((c, n) => h("li", { id: `choice-${n}`, role: "option", "aria-selected": n === at, onclick: () => take(n) }, h("span", null, c.text), c.detail && h("span.muted", null, c.detail))));
    if (!now.length) put(list, h("li.muted", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing fits"));
    input.setAttribute("aria-activedescendant", `choice-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  input.addEventListener("input", () => { at = 0; draw(); });
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { at += event.key === "ArrowDown" ? 1 : -1; draw(); event.preventDefault(); }
    if (event.key === "Enter") { take(at); event.preventDefault(); }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) close(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  draw();
  input.focus();
}

/** @param {Store} store @param {number[]} units */
export function askMove(store, units) {
  if (!store.canEdit) return say("Moves belong to the services of a plan");
  if (!units.length) return say("Select a unit or a module first");
  choose(units.length === 1 ? `Move ${titleOf(store, units[0])} to` : `Move ${units.length} units to`, (text) => {
    const fits = store.groups.map((g, n) => ({ g, n })).filter(({ g }) => !g.gone && g.name.includes(text));
    const there = fits.map(({ g, n }) => ({ text: g.name, detail: ghostWords(ghost(store, units, n)), act: () => moveUnits(store, units, n) }));
    const isNew = text && !store.groups.some((g) => g.name === text);
    return isNew ? [...there, { text: `new service ${text}`, detail: ghostWords(ghost(store, units)), act: () => void moveToNew(store, units, text) }] : there;
  });
}

/** @param {Store} store @param {number[]} units */
export function askNew(store, units) {
  choose("Name of the new service", (text) => (text ? [{ text: `new service ${text}`, act: () => void moveToNew(store, units, text) }] : []));
}

/** @param {Store} store @param {number} group */
export function askRename(store, group) {
  choose(`New name of ${store.groups[group].name}`, (text) => (text ? [{ text: `rename to ${text}`, act: () => rename(store, group, text) }] : []));
}

/** @param {Store} store @param {number} group */
export function askMerge(store, group) {
  const own = store.model.units.filter((u) => store.of[u.id] === group).map((u) => u.id);
  choose(`Merge ${store.groups[group].name} into`, (text) => store.groups.map((g, n) => ({ g, n })).filter(({ g, n }) => n !== group && !g.gone && !["offline", "dead", "library"].includes(g.kind) && g.name.includes(text))
    .map(({ g, n }) => ({ text: g.name, detail: ghostWords(ghost(store, own, n)), act: () => merge(store, group, n) })));
}

/** Offer cuts of a service; what leaves becomes a service of its own. @param {Store} store @param {number} group */
export function askSplit(store, group) {
  const cuts = cutsOf(store, group).map((cut) => ({ ...cut, delta: ghostWords(ghost(store, cut.units)) }));
  if (!cuts.length) return say(`Nothing to split off ${store.groups[group].name}`);
  choose(`Split off ${store.groups[group].name}`, (text) => cuts.filter((cut) => cut.why.includes(text)).map((cut) => ({
    text: `${cut.why}: ${cut.units.length} units`, detail: cut.delta, act: () => void moveToNew(store, cut.units, freeName(store, cut.name)),
  })));
}

/** @param {Store} store @param {string} wish @returns {string} */
function freeName(store, wish) {
  const base = wish.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 36) || "part";
  const isTaken = (/** @type {string} */ name) => ["shared", "offline", "dead"].includes(name) || store.groups.some((g) => !g.gone && g.name === name);
  for (let n = 1; ; n++) { const name = n === 1 ? base : `${base}_${n}`; if (!isTaken(name)) return name; }
}

/** @param {Store} store @param {(key: string) => void} reveal */
export function askSearch(store, reveal) {
  const things = [
    ...store.groups.filter((g) => !g.gone).map((g) => ({ text: g.name, detail: store.model.groupKinds[g.kind] ?? g.kind, key: `g:${g.name}` })),
    ...store.model.units.map((u) => ({ text: u.symbol, detail: store.model.roles[u.role].label, key: `u:${u.symbol}` })),
  ];
  choose("Find a part or a unit", (text) => {
    const low = text.toLowerCase();
    const hits = things.filter((t) => t.text.toLowerCase().includes(low));
    const score = (/** @type {string} */ t) => (t.toLowerCase().split(/[:.]/).at(-1)?.startsWith(low) ? 0 : 1);
    return hits.sort((a, b) => score(a.text) - score(b.text) || a.text.length - b.text.length).slice(0, 60).map((t) => ({ text: t.text, detail: t.detail, act: () => reveal(t.key) }));
  });
}

/** @param {Store} store */
export function showHelp(store) {
  const rows = [["/", "find"], ["arrows", "walk the map; right opens, left closes"], ["Enter", "open or close"], ["space", "pick a unit (Shift-click), to move several at once"], ["f", "focus on the selection; again to widen"], ["h", "hide the selection"], ["Esc", "show everything again, clear the selection"], ["1 – 6", "views"], ["+ − 0", "zoom, fit"]];
  const edits = [["drag, or m", "move to another service"], ["n", "new service from the selection"], ["r", "rename a service"], ["s", "split a service"], ["l", "lock: a new proposal leaves it here"], ["u, Ctrl+Z", "undo"], ["Ctrl+Shift+Z", "redo"], ["Ctrl+S", "save"]];
  const table = (/** @type {string[][]} */ list) => h("dl.keys", null, list.map(([k, t]) => h("div", null, h("dt", null, k), h("dd", null, t))));
  const dialog = /** @type {HTMLDialogElement} */ (h("dialog.help", { "aria-label": "Keys" }, h("h2", null, "Keys"), table(rows), store.canEdit && h("h3", null, "Changing the plan"), store.canEdit && table(edits),
    h("h3", null, "What the figures mean"), h("p", null, "A place in the source weighs ", store.model.kinds.map((/** @type {any} */ k) => `${k.label} ${k.weight}`).join(", "), ". Cohesion is the weight inside a part, of all weight that touches it. What is copied into each service, or not deployed, does not count."),
    h("button", { onclick: () => dialog.close(), autofocus: true }, "Close")));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  document.body.append(dialog);
  dialog.showModal();
}
