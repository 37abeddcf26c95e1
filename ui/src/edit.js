// Changes of the plan, each one gesture, each undoable, without end.
import { say, plural, signed, percent } from "./dom.js";
import { figures } from "./metrics.js";
import { titleOf } from "./store.js";

/** @typedef {import("./store.js").Store} Store */

/**
 * Do a change and remember how to take it back.
 * @param {Store} store @param {string} label @param {[number, number][]} moves unit and group @param {(groups: any[]) => any[]} [change]
 */
export function perform(store, label, moves, change) {
  const before = store.groups;
  const after = change ? change(before.map((g) => ({ ...g, locked: [...g.locked] }))) : before;
  const real = moves.filter(([unit, to]) => store.of[unit] !== to).map(([unit, to]) => /** @type {[number, number, number]} */ ([unit, store.of[unit], to]));
  if (!real.length && !change) return;
  const entry = { label, moves: real, before, after };
  if (store.savedAt > store.done.length) store.savedAt = -1;
  store.done.push(entry);
  store.undone.length = 0;
  apply(store, entry, false);
  say(label);
}

/** @param {Store} store */
export function undo(store) {
  const entry = store.done.pop();
  if (!entry && store.before) return store.before();
  if (!entry) return say("Nothing to undo");
  store.undone.push(entry);
  apply(store, entry, true);
  say(`Undone: ${entry.label}`);
}

/** @param {Store} store */
export function redo(store) {
  const entry = store.undone.pop();
  if (!entry) return say("Nothing to redo");
  store.done.push(entry);
  apply(store, entry, false);
  say(`Again: ${entry.label}`);
}

/** @param {Store} store @param {any} entry @param {boolean} back */
function apply(store, entry, back) {
  store.groups = back ? entry.before : entry.after;
  if (store.groups.length > store.ledger.room) store.recount();
  for (const [unit, from, to] of entry.moves) store.ledger.move(unit, back ? from : to);
  store.refigure();
  store.changed();
}

/** Move units to a group. @param {Store} store @param {number[]} units @param {number} to */
export function moveUnits(store, units, to) {
  const free = units.filter((u) => !isLocked(store, u));
  const held = units.length - free.length;
  if (!free.length) return say(held ? "Locked: unlock it first (l)" : "Nothing to move");
  const what = free.length === 1 ? titleOf(store, free[0]) : plural(free.length, "unit");
  perform(store, `Moved ${what} to ${store.groups[to].name}${held ? `; ${held} locked stay` : ""}`, free.map((u) => [u, to]));
}

/** Move units to a new service. @param {Store} store @param {number[]} units @param {string} name */
export function moveToNew(store, units, name) {
  const problem = nameProblem(store, name);
  if (problem) return say(problem);
  const free = units.filter((u) => !isLocked(store, u));
  const at = store.groups.length;
  const column = Math.max(0, ...store.groups.filter((g) => g.row >= 0).map((g) => g.column)) + 1;
  perform(store, `New service ${name} with ${plural(free.length, "unit")}`, free.map((u) => [u, at]), (groups) => [
    ...groups, { name, kind: "service", because: "", note: "", locked: [], column, row: 0 },
  ]);
  return at;
}

/** What would change if units moved, without moving them. @param {Store} store @param {number[]} units @param {number} [to] a new service by default */
export function ghost(store, units, to = store.groups.length) {
  const groups = to < store.groups.length ? store.groups : [...store.groups, { kind: "service" }];
  if (groups.length > store.ledger.room) store.recount();
  const free = units.filter((u) => !isLocked(store, u) && store.of[u] !== to);
  const back = free.map((u) => store.of[u]);
  for (const u of free) store.ledger.move(u, to);
  const then = figures(store.ledger, /** @type {any[]} */ (groups));
  free.forEach((u, n) => store.ledger.move(u, back[n]));
  const now = store.figures;
  return { cut: then.cut - now.cut, remote: then.remote - now.remote, cyclic: then.cyclic - now.cyclic, moved: free.length };
}

/** @param {ReturnType<typeof ghost>} g */
export const ghostWords = (g) =>
  g.moved ? `coupling ${signed(g.cut)} · remote calls ${signed(g.remote)}${g.cyclic ? ` · in a circle ${signed(g.cyclic)}` : ""}` : "stays where it is";

/** @param {Store} store @param {number} unit */
export function isLocked(store, unit) {
  const { locked } = store.groups[store.of[unit]];
  return locked.includes("*") || locked.includes(store.model.units[unit].symbol);
}

/** @param {Store} store @param {number[]} units @param {boolean} whole whether the whole group is meant */
export function toggleLock(store, units, whole) {
  if (!units.length) return;
  const group = store.of[units[0]];
  const names = whole ? ["*"] : units.map((u) => store.model.units[u].symbol);
  const on = !names.every((n) => store.groups[group].locked.includes(n));
  const label = `${on ? "Locked" : "Unlocked"} ${whole ? store.groups[group].name : plural(units.length, "unit")}`;
  perform(store, label, [], (groups) => {
    const rest = groups[group].locked.filter((/** @type {string} */ n) => !names.includes(n));
    groups[group].locked = on ? [...rest, ...names].sort() : rest;
    return groups;
  });
}

/** @param {Store} store @param {number} group @param {string} name */
export function rename(store, group, name) {
  const problem = nameProblem(store, name);
  if (problem) return say(problem);
  const old = store.groups[group].name;
  store.open = new Set([...store.open].map((key) => key === `g:${old}` ? `g:${name}` : key.slice(1).startsWith(`:${old}/`) ? `${key[0]}:${name}/${key.slice(old.length + 3)}` : key));
  if (store.selected === `g:${old}`) store.selected = `g:${name}`;
  perform(store, `Renamed ${old} to ${name}`, [], (groups) => { groups[group].name = name; return groups; });
}

/** Put all of one service into another. @param {Store} store @param {number} from @param {number} into */
export function merge(store, from, into) {
  if (from === into) return;
  const label = `Merged ${store.groups[from].name} into ${store.groups[into].name}`;
  store.selected = `g:${store.groups[into].name}`;
  const moves = /** @type {[number, number][]} */ (store.model.units.filter((u) => store.of[u.id] === from).map((u) => [u.id, into]));
  perform(store, label, moves, (groups) => {
    groups[from].gone = true; groups[from].mergedInto = into;
    groups[into].locked = [...new Set([...groups[into].locked, ...groups[from].locked.filter((/** @type {string} */ n) => n !== "*")])].sort();
    return groups;
  });
}

/** Change words or kind of a service. @param {Store} store @param {number} group @param {"note" | "because" | "kind"} field @param {string} value */
export function describe(store, group, field, value) {
  if (store.groups[group][field] === value) return;
  perform(store, `Changed the ${field} of ${store.groups[group].name}`, [], (groups) => { groups[group][field] = value; return groups; });
}

/** @param {Store} store @param {string} name */
function nameProblem(store, name) {
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(name)) return "A name starts with a small letter, then small letters, digits and _";
  return store.groups.some((g) => !g.gone && g.name === name) || ["shared", "offline", "dead"].includes(name) ? `There is already a ${name}` : "";
}

export { percent };
