// Ways to split a part: by role, by package, or along its weakest inner bond.
import { packagesOf } from "./layout.js";

/** @typedef {import("./store.js").Store} Store @typedef {{name: string, why: string, units: number[]}} Cut */

/** Smallest side of a cut, in units. */
const LEAST = 2;

/** Cuts of one part, each the units that would leave it, best known reason first. @param {Store} store @param {number} group @returns {Cut[]} */
export function cutsOf(store, group) {
  const { model } = store;
  const units = model.loud(model.units.filter((u) => store.of[u.id] === group).map((u) => u.id));
  const found = [...weakest(store, units), ...by(units, (u) => model.roles[model.units[u].role].label, "role"), ...byPackage(store, units)];
  const seen = new Set();
  return found.filter((cut) => {
    const key = cut.units.join();
    const fits = cut.units.length >= LEAST && units.length - cut.units.length >= LEAST && !seen.has(key);
    seen.add(key);
    return fits;
  });
}

/** @param {number[]} units @param {(unit: number) => string} labelOf @param {string} why @returns {Cut[]} */
function by(units, labelOf, why) {
  const /** @type {Map<string, number[]>} */ found = new Map();
  for (const u of units) found.set(labelOf(u), [...(found.get(labelOf(u)) ?? []), u]);
  return [...found].map(([name, inside]) => ({ name, why: `${why} ${name}`, units: inside })).sort((a, b) => b.units.length - a.units.length);
}

/** @param {Store} store @param {number[]} units @returns {Cut[]} */
function byPackage(store, units) {
  const names = units.map((u) => store.model.modules[store.model.units[u].module]?.name ?? "?");
  return [...packagesOf(names, 12)].map(([name, at]) => ({ name: name.split(/[./]/).at(-1) ?? name, why: `package ${name}`, units: at.map((n) => units[n]) }));
}

/**
 * Join the modules that exchange most until two sides are left; the smaller one would leave.
 * @param {Store} store @param {number[]} units @returns {Cut[]}
 */
function weakest(store, units) {
  const { links, kinds, units: all } = store.model;
  const side = new Map(units.map((u) => [u, all[u].module]));
  const /** @type {Map<number, number[]>} */ members = new Map();
  for (const u of units) members.set(all[u].module, [...(members.get(all[u].module) ?? []), u]);
  while (members.size > 2) {
    const /** @type {Map<string, number>} */ bond = new Map();
    for (const u of units) for (const i of links.of(u)) {
      const a = side.get(links.u[i]), b = side.get(links.v[i]);
      if (a === undefined || b === undefined || a === b || links.u[i] !== u) continue;
      const key = a < b ? `${a},${b}` : `${b},${a}`;
      bond.set(key, (bond.get(key) ?? 0) + Math.max(0.5, kinds[links.kind[i]].weight) * links.count[i]);
    }
    const size = (/** @type {number} */ m) => members.get(m)?.length ?? 1;
    const score = (/** @type {[string, number]} */ [key, w]) => { const [a, b] = key.split(",").map(Number); return w / Math.min(size(a), size(b)); };
    const best = [...bond].sort((p, q) => score(q) - score(p) || (p[0] < q[0] ? -1 : 1))[0];
    const [a, b] = best ? best[0].split(",").map(Number) : [...members].sort((p, q) => p[1].length - q[1].length || p[0] - q[0]).slice(0, 2).map(([m]) => m);
    for (const u of members.get(b) ?? []) side.set(u, a);
    members.set(a, [...(members.get(a) ?? []), ...(members.get(b) ?? [])]);
    members.delete(b);
  }
  const [small] = [...members.values()].sort((p, q) => p.length - q.length);
  if (!small || members.size < 2) return [];
  const [main] = by(small, (u) => store.model.modules[all[u].module]?.name ?? "?", "");
  return [{ name: main.name.split(/[./]/).at(-1) ?? "part", why: "the weakest bond inside", units: [...small].sort((p, q) => p - q) }];
}
