// Links gathered between the boxes that are to be seen: one line for each pair.

export const MOST_BUNDLES = 1500;

/**
 * @typedef {{key: string, a: number, b: number, weight: number, count: number, possible: number, calls: number, kind: string,
 *   counts: Record<string, number>, links: number[]}} Bundle
 */

const DOMINANCE = ["state", "data", "call", "type", "value"];

/**
 * Gather the links between boxes.
 * @param {import("./store.js").Store} store
 * @param {{key: string, units: number[]}[]} boxes no two share a unit
 * @param {{keepInside?: boolean}} [options]
 * @returns {{bundles: Bundle[], dropped: number}} heaviest last, so that it is drawn on top
 */
export function gather(store, boxes, options = {}) {
  const { links, kinds, units } = store.model;
  const boxOf = new Int32Array(units.length).fill(-1);
  boxes.forEach((box, n) => { for (const u of box.units) boxOf[u] = n; });
  const shown = kinds.map((/** @type {any} */ k) => !store.off.has(k.id));
  const /** @type {Map<number, Bundle>} */ found = new Map();
  for (let i = 0; i < links.size; i++) {
    const a = boxOf[links.u[i]], b = boxOf[links.v[i]];
    if (a < 0 || b < 0 || (a === b && !options.keepInside) || !shown[links.kind[i]]) continue;
    const cell = a * boxes.length + b;
    let bundle = found.get(cell);
    if (!bundle) {
      bundle = { key: `${boxes[a].key}>${boxes[b].key}`, a, b, weight: 0, count: 0, possible: 0, calls: 0, kind: "", counts: {}, links: [] };
      found.set(cell, bundle);
    }
    const kind = kinds[links.kind[i]];
    bundle.weight += Math.max(0.5, kind.weight) * links.count[i];
    bundle.count += links.count[i];
    bundle.calls += links.calls[i];
    if (!links.certain[i]) bundle.possible += links.count[i];
    bundle.counts[kind.id] = (bundle.counts[kind.id] ?? 0) + links.count[i];
    bundle.links.push(i);
  }
  const all = [...found.values()].sort((x, y) => x.weight - y.weight || (x.key < y.key ? -1 : 1));
  for (const bundle of all) bundle.kind = /** @type {string} */ (DOMINANCE.find((k) => bundle.counts[k]));
  return { bundles: all.slice(-MOST_BUNDLES), dropped: Math.max(0, all.length - MOST_BUNDLES) };
}

/** Return "12 calls, 1 data asset". @param {import("./store.js").Store} store @param {Bundle} bundle */
export function bundleWords(store, bundle) {
  const words = store.model.kinds.filter((/** @type {any} */ k) => bundle.counts[k.id]).map((/** @type {any} */ k) => `${bundle.counts[k.id].toLocaleString("en")} × ${k.label}`);
  return words.join(", ") + (bundle.possible ? ` (${bundle.possible} only possible)` : "");
}
