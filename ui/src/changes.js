// A person's changes apart from the plan they were made on: to keep them over a reload, and to put them onto a file that has changed.
import { perform } from "./edit.js";

/**
 * @typedef {import("./store.js").Store} Store
 * @typedef {{unit: string, from: string, to: string}} Move
 * @typedef {{was: string, now: string, into: string, words: Record<string, [string, string]>, locks: string[], unlocks: string[]}} Reshape
 * @typedef {{name: string, kind: string, because: string, note: string, locked: string[]}} Fresh
 * @typedef {{moves: Move[], reshaped: Reshape[], fresh: Fresh[], count: number}} Changes
 * @typedef {{what: string, file: string, mine: string}} Clash
 */

const WORDS = /** @type {const} */ (["kind", "because", "note"]);

/** What differs from the plan as it was read or last saved, in names. @param {Store} store @returns {Changes} */
export function changesOf(store) {
  const { groups: before, of } = store.base ?? store.model.groupings[store.by];
  const reshaped = before.map((/** @type {any} */ was, /** @type {number} */ n) => {
    const now = /** @type {any} */ (store.groups[n]);
    const into = now.gone ? store.groups[heir(store, n)].name : "";
    const words = Object.fromEntries(WORDS.filter((w) => !now.gone && was[w] !== now[w]).map((w) => [w, [was[w], now[w]]]));
    return { was: was.name, now: now.gone ? "" : now.name, into, words, locks: now.gone ? [] : without(now.locked, was.locked), unlocks: now.gone ? [] : without(was.locked, now.locked) };
  }).filter((/** @type {Reshape} */ r, /** @type {number} */ n) => !before[n].gone && (r.was !== r.now || Object.keys(r.words).length || r.locks.length || r.unlocks.length));
  const fresh = store.groups.slice(before.length).filter((g) => !g.gone).map(({ name, kind, because, note, locked }) => ({ name, kind, because, note, locked }));
  const moves = store.model.units.filter((u) => of[u.id] !== store.of[u.id]).map((u) => ({ unit: u.symbol, from: before[of[u.id]].name, to: store.groups[store.of[u.id]].name }));
  return { moves, reshaped, fresh, count: moves.length + reshaped.length + fresh.length };
}

/** @param {string[]} list @param {string[]} rest */
const without = (list, rest) => list.filter((item) => !rest.includes(item));

/** Follow merges. @param {Store} store @param {number} group @returns {number} */
export function heir(store, group) {
  const { gone, mergedInto } = store.groups[group];
  return gone ? heir(store, mergedInto ?? group) : group;
}

/**
 * Put changes onto a plan as it now is, as one gesture that can be undone. What both have changed goes by `mine`.
 * @param {Store} store @param {Changes} changes @param {{mine?: boolean, isDry?: boolean}} [options]
 * @returns {{clashes: Clash[], missing: string[], done: number}}
 */
export function applyChanges(store, changes, { mine = true, isDry = false } = {}) {
  const clashes = /** @type {Clash[]} */ ([]), missing = /** @type {string[]} */ ([]), moves = /** @type {[number, number][]} */ ([]);
  const groups = store.groups.map((g) => ({ ...g, locked: [...g.locked] }));
  const find = (/** @type {string} */ name) => groups.findIndex((g) => !g.gone && g.name === name);
  const renamed = new Map(changes.reshaped.filter((r) => r.now && r.was !== r.now).map((r) => [r.now, r.was]));
  let done = 0;
  /** Whether mine counts, where the file has `now`, and I changed `before` into `after`. @param {string} what @param {string} now @param {string} before @param {string} after */
  const wins = (what, now, before, after) => {
    if (now === after) return false;
    if (now === before) return true;
    clashes.push({ what, file: now, mine: after });
    return mine;
  };
  for (const { name, ...rest } of changes.fresh) {
    if (find(name) >= 0) continue;
    const column = Math.max(0, ...groups.filter((g) => g.row >= 0).map((g) => g.column)) + 1;
    groups.push({ ...rest, name, locked: [...rest.locked], column, row: 0 });
    done++;
  }
  for (const r of changes.reshaped) {
    const at = find(r.was) >= 0 ? find(r.was) : find(r.now);
    if (at < 0) { missing.push(`service ${r.was}`); continue; }
    const group = groups[at], was = JSON.stringify(group);
    for (const [word, [before, after]] of Object.entries(r.words)) if (wins(`${word} of ${r.was}`, /** @type {any} */ (group)[word], before, after)) /** @type {any} */ (group)[word] = after;
    group.locked = [...new Set([...without(group.locked, r.unlocks), ...r.locks])].sort();
    if (r.now && group.name === r.was && r.was !== r.now && find(r.now) < 0) group.name = r.now;
    if (JSON.stringify(group) !== was) done++;
  }
  // A merge is the move of all units, and then of what is left of the service.
  for (const { unit, from, to } of changes.moves) {
    const id = store.model.unitBySymbol.get(unit);
    const target = find(to) >= 0 ? find(to) : find(renamed.get(to) ?? to);
    if (id === undefined || target < 0) { missing.push(id === undefined ? unit : `${unit} (there is no service ${to})`); continue; }
    const now = store.groups[store.of[id]].name;
    if (store.of[id] !== target && wins(unit, now, from, groups[target].name)) { moves.push([id, target]); done++; }
  }
  for (const r of changes.reshaped.filter((c) => !c.now)) {
    const from = find(r.was), into = find(r.into);
    const movesAway = new Map(moves);
    const isEmpty = from >= 0 && store.model.units.every((u) => store.of[u.id] !== from || movesAway.get(u.id) !== undefined);
    if (isEmpty && into >= 0 && from !== into) { groups[from].gone = true; groups[from].mergedInto = into; done++; }
  }
  if (done && !isDry) perform(store, `Put ${done === 1 ? "1 change" : `${done} changes`} onto the plan`, moves, () => groups);
  return { clashes, missing, done };
}
