// Where each visible box stands, from the slots that came with the graph. Same input, same place.
import { unitsByGroup, visibleUnits, isDeployed } from "./store.js";

/**
 * @typedef {{key: string, type: "group" | "package" | "module" | "unit", name: string, x: number, y: number, w: number, h: number, open: boolean,
 *   depth: number, units: number[], children: Box[], group: number, aside?: boolean, modules?: number}} Box
 */

export const SIZE = { card: [232, 124], aside: [232, 58], module: [196, 46], unit: [186, 28], gapX: 96, gapY: 34, pad: 14 };
export const MOST_BOXES = 1500;
/** Modules of one part or package that are shown side by side; more are gathered by package. */
export const MOST_MODULES = 20;
/** Packages from which on only one that holds a good part of all is opened further. */
const ENOUGH = 4;

/** Boxes of the map, placed. @param {import("./store.js").Store} store @returns {{boxes: Box[], width: number, height: number, asideTop: number}} */
export function arrange(store) {
  const mask = visibleUnits(store);
  const byGroup = unitsByGroup(store);
  const partial = store.hidden.length > 0 || store.focus !== null;
  const boxes = store.groups.map((group, n) => {
    const units = byGroup[n].filter((u) => mask[u]);
    if (group.gone || (!units.length && (partial || !isDeployed(group)))) return null;
    return groupBox(store, n, units);
  }).filter((b) => b !== null);
  const main = boxes.filter((b) => !b.aside);
  const size = placeColumns(store, main);
  const aside = boxes.filter((b) => b.aside);
  const asideTop = size.height + 64;
  const shelf = placeShelf(aside, asideTop, Math.max(size.width, 3 * 250));
  return { boxes, width: Math.max(size.width, shelf.width), height: aside.length ? shelf.height : size.height, asideTop };
}

/** @param {import("./store.js").Store} store @param {number} group @param {number[]} units @returns {Box} */
function groupBox(store, group, units) {
  const { name } = store.groups[group];
  const aside = !isDeployed(store.groups[group]);
  const key = `g:${name}`;
  const open = store.open.has(key) && store.model.loud(units).length > 0;
  const [w, h] = aside ? SIZE.aside : SIZE.card;
  const /** @type {Box} */ box = { key, type: "group", name, x: 0, y: 0, w, h, open, depth: 0, units, children: [], group, aside };
  if (!open) return box;
  box.children = contents(store, name, group, units, 1);
  masonry(box, 54, w);
  return box;
}

/**
 * Modules of a box, gathered by package when there are too many to read.
 * @param {import("./store.js").Store} store @param {string} groupName @param {number} group @param {number[]} units @param {number} depth @returns {Box[]}
 */
function contents(store, groupName, group, units, depth) {
  const /** @type {Map<number, number[]>} */ modules = new Map();
  for (const u of units) {
    const m = store.model.units[u].module;
    const list = modules.get(m);
    if (list) list.push(u); else modules.set(m, [u]);
  }
  const loud = [...modules].filter(([, inside]) => store.model.loud(inside).length);
  const single = (/** @type {[number, number[]]} */ [m, inside]) => moduleBox(store, groupName, group, m, inside, depth);
  if (loud.length <= MOST_MODULES) return loud.map(single);
  const names = loud.map(([m]) => store.model.modules[m]?.name ?? "?");
  const folders = packagesOf(names, MOST_MODULES);
  if (folders.size < 2) return loud.map(single);
  return [...folders].map(([folder, at]) => (at.length === 1 ? single(loud[at[0]]) : packageBox(store, groupName, group, folder, at.flatMap((n) => loud[n][1]), at.length, depth)));
}

/**
 * Gather names by package: the fullest is opened, one level at a time, as long as few enough boxes are left.
 * @param {string[]} names @param {number} most @returns {Map<string, number[]>} numbers of the names by package, or by name where it stands alone
 */
export function packagesOf(names, most) {
  const parts = names.map((name) => [...name.matchAll(/[./]|$/g)].map((at) => name.slice(0, at.index)));
  let found = new Map([["", { at: names.map((_, n) => n), depth: 0 }]]);
  for (;;) {
    const [key, fullest] = [...found].filter(([, f]) => f.at.length > 1 && f.at.some((n) => parts[n].length > f.depth)).sort(([, a], [, b]) => b.at.length - a.at.length)[0] ?? ["", null];
    if (!fullest) break;
    const /** @type {typeof found} */ opened = new Map();
    for (const n of fullest.at) {
      const name = parts[n][Math.min(fullest.depth, parts[n].length - 1)];
      const isWhole = fullest.depth >= parts[n].length;
      // What lies in a package itself stands beside the packages below it.
      const at = isWhole ? `${name}\0` : name;
      opened.set(at, { at: [...(opened.get(at)?.at ?? []), n], depth: fullest.depth + 1 });
    }
    if (found.size >= ENOUGH && fullest.at.length <= 0.35 * names.length) break;
    // One package that holds most of all is opened even when that gives many boxes: closed, it would tell nothing.
    const limit = fullest.at.length > 0.6 * names.length ? 2 * most : most;
    const rest = found.size - 1 + opened.size > limit ? gatherLoose(opened, key) : opened;
    if (found.size - 1 + rest.size > limit && found.size > 1) break;
    found = new Map([...found].flatMap(([k, f]) => (k === key ? [...rest] : [[k, f]])));
    if (found.size > most) break;
  }
  return new Map([...found].map(([key, f]) => [key.replace("\0", ""), f.at]));
}

/**
 * Put the modules that stand alone in a package into one box, named by the package and a dot; packages below it stay.
 * @template {{at: number[]}} F @param {Map<string, F>} opened @param {string} key name of the package @returns {Map<string, F>}
 */
function gatherLoose(opened, key) {
  const loose = [...opened].filter(([, f]) => f.at.length === 1);
  if (!key || loose.length < 2) return opened;
  const inOne = /** @type {F} */ ({ ...loose[0][1], at: loose.flatMap(([, f]) => f.at), depth: Infinity });
  return new Map([[`${key}.`, inOne], ...[...opened].filter(([, f]) => f.at.length > 1)]);
}

/**
 * @param {import("./store.js").Store} store @param {string} groupName @param {number} group @param {string} name @param {number[]} units
 * @param {number} modules @param {number} depth @returns {Box}
 */
function packageBox(store, groupName, group, name, units, modules, depth) {
  const key = `p:${groupName}/${name}`;
  const [w, h] = SIZE.module;
  const /** @type {Box} */ box = { key, type: "package", name, x: 0, y: 0, w, h, open: store.open.has(key), depth, units, children: [], group, modules };
  if (!box.open) return box;
  box.children = contents(store, groupName, group, units, depth + 1);
  masonry(box, 38, w);
  return box;
}

/** @param {import("./store.js").Store} store @param {string} groupName @param {number} group @param {number} module @param {number[]} units @param {number} depth @returns {Box} */
function moduleBox(store, groupName, group, module, units, depth) {
  const name = store.model.modules[module]?.name ?? "?";
  const key = `m:${groupName}/${name}`;
  const open = store.open.has(key) && store.model.loud(units).length > 0;
  const [w, h] = SIZE.module;
  const /** @type {Box} */ box = { key, type: "module", name, x: 0, y: 0, w, h, open, depth, units, children: [], group };
  if (!open) return box;
  box.children = store.model.loud(units).map((u) => ({
    key: `u:${store.model.units[u].symbol}`, type: "unit", name: store.model.units[u].name, x: 0, y: 0, w: SIZE.unit[0], h: SIZE.unit[1],
    open: false, depth: depth + 1, units: [u], children: [], group,
  }));
  masonry(box, 38, w);
  return box;
}

/** Put children into columns of like height, in reading order. @param {Box} box @param {number} head @param {number} least */
function masonry(box, head, least) {
  const { pad } = SIZE, gap = 12;
  const total = box.children.reduce((sum, c) => sum + c.h + gap, 0);
  const wide = Math.max(...box.children.map((c) => c.w));
  const columns = Math.max(1, Math.min(16, Math.round(Math.sqrt(total / (0.9 * (wide + gap))))));
  const goal = total / columns;
  let x = pad, y = head, width = 0, bottom = head, column = 0;
  for (const child of box.children) {
    if (y > head && y - head + child.h / 2 > goal && column < columns - 1) { x += width + gap + 14; y = head; width = 0; column++; }
    child.x = x; child.y = y;
    y += child.h + gap;
    width = Math.max(width, child.w); bottom = Math.max(bottom, y);
  }
  box.w = Math.max(least, x + width + pad);
  box.h = bottom - gap + pad;
}

/** @param {import("./store.js").Store} store @param {Box[]} boxes */
function placeColumns(store, boxes) {
  const /** @type {Map<number, Box[]>} */ columns = new Map();
  for (const box of boxes) {
    const { column } = store.groups[box.group];
    columns.set(column, [...(columns.get(column) ?? []), box]);
  }
  const sorted = [...columns].sort(([a], [b]) => a - b).map(([, inside]) => inside.sort((a, b) => store.groups[a.group].row - store.groups[b.group].row));
  const heights = sorted.map((inside) => inside.reduce((sum, b) => sum + b.h + SIZE.gapY, -SIZE.gapY));
  const height = Math.max(SIZE.card[1], ...heights);
  let x = 0;
  sorted.forEach((inside, n) => {
    let y = (height - heights[n]) / 2;
    const wide = Math.max(...inside.map((b) => b.w));
    for (const box of inside) { shift(box, x, y); y += box.h + SIZE.gapY; }
    x += wide + SIZE.gapX;
  });
  return { width: Math.max(0, x - SIZE.gapX), height };
}

/** @param {Box[]} boxes @param {number} top @param {number} room */
function placeShelf(boxes, top, room) {
  let x = 0, y = top, line = 0, width = 0;
  for (const box of boxes) {
    if (x > 0 && x + box.w > room) { x = 0; y += line + 20; line = 0; }
    shift(box, x, y);
    x += box.w + 20; line = Math.max(line, box.h); width = Math.max(width, x - 20);
  }
  return { width, height: y + line };
}

/** Move a box and all within from its parent's corner to the page's. @param {Box} box @param {number} dx @param {number} dy */
function shift(box, dx, dy) {
  box.x += dx; box.y += dy;
  for (const child of box.children) shift(child, box.x, box.y);
}

/** Boxes in reading order, parents before children. @param {Box[]} boxes @returns {Box[]} */
export const flatten = (boxes) => boxes.flatMap((b) => [b, ...flatten(b.children)]);

/** Boxes that nothing opened lies in: ends of edges. @param {Box[]} boxes @returns {Box[]} */
export const leaves = (boxes) => boxes.flatMap((b) => (b.open ? leaves(b.children) : [b]));

/** Open all that hides a unit, and return its key. @param {import("./store.js").Store} store @param {number} unit @returns {string} */
export function uncover(store, unit) {
  const key = `u:${store.model.units[unit].symbol}`;
  for (let step = 0; step < 12; step++) {
    const box = leaves(arrange(store).boxes).find((b) => b.units.includes(unit));
    if (!box || box.key === key || store.open.has(box.key)) break;
    store.open.add(box.key);
  }
  return key;
}

/** Keys of the boxes around each box. @param {Box[]} boxes @param {string[]} [around] @param {Map<string, Set<string>>} [found] @returns {Map<string, Set<string>>} */
export function enclosing(boxes, around = [], found = new Map()) {
  for (const b of boxes) { found.set(b.key, new Set(around)); enclosing(b.children, [...around, b.key], found); }
  return found;
}
