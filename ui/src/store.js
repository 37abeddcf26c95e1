// What the person sees and has changed. Views read it and are told when it changes.
import { figures, isDeployed, makeLedger } from "./metrics.js";

/** @typedef {ReturnType<typeof makeStore>} Store */

/** @param {import("./model.js").Model} model */
export function makeStore(model) {
  const /** @type {Set<() => void>} */ watchers = new Set();
  const store = {
    model,
    view: "map",
    by: 0,
    /** @type {import("./model.js").Group[]} */ groups: [],
    of: new Int32Array(0),
    /** Keys of opened boxes. @type {Set<string>} */ open: new Set(),
    /** What the panel is about: key of a box, or `a>b` for a bundle. */ selected: "",
    /** Units chosen together, by number. @type {Set<number>} */ picked: new Set(),
    /** @type {string[]} */ hidden: [],
    /** @type {{units: Set<number>, label: string, depth: number} | null} */ focus: null,
    /** Kinds of links that are not drawn. @type {Set<string>} */ off: new Set(["value"]),
    showAside: false,
    /** @type {any} */ ledger: null,
    /** @type {import("./metrics.js").Figures} */ figures: { groups: [], cut: 0, share: NaN, remote: 0, cyclic: 0 },
    /** @type {any[]} */ done: [],
    /** @type {any[]} */ undone: [],
    /** How many gestures the saved plan holds; -1 when undo has left that state behind. */ savedAt: 0,
    get isDirty() { return store.done.length !== store.savedAt; },
    isRemote: false,
    /** The content as it came. @type {any} */ raw: null,
    /** The plan as last saved; none before that. @type {{groups: import("./model.js").Group[], of: Int32Array} | null} */ base: null,
    /** Leads back to what was shown before this content, past the first change. @type {(() => void) | null} */ before: null,

    /** @param {() => void} watcher */
    watch(watcher) { watchers.add(watcher); },
    changed() { for (const watcher of watchers) watcher(); },
    get grouping() { return model.groupings[store.by]; },
    /** Whether moves mean something here: boxes are services of a plan. */
    get canEdit() { return store.grouping.by === "service" && !!model.plan; },

    /** @param {number} by */
    group(by) {
      store.keep();
      store.by = by;
      const kept = edits.get(by);
      store.groups = kept?.groups ?? model.groupings[by].groups.map((/** @type {any} */ g) => ({ ...g, locked: [...g.locked] }));
      store.of = kept?.of ?? model.groupings[by].of.slice();
      store.done = kept?.done ?? [];
      store.undone = kept?.undone ?? [];
      store.savedAt = kept?.savedAt ?? 0;
      store.open = new Set(); store.selected = ""; store.picked = new Set();
      store.recount();
    },
    keep() { if (store.groups.length) edits.set(store.by, { groups: store.groups, of: store.of, done: store.done, undone: store.undone, savedAt: store.savedAt }); },
    recount() {
      store.ledger = makeLedger(model, store.of, store.groups.length + 8);
      store.figures = figures(store.ledger, store.groups);
    },
    refigure() { store.figures = figures(store.ledger, store.groups); },
  };
  const edits = new Map();
  store.group(0);
  return store;
}

/** Units by group, in reading order. @param {Store} store @returns {number[][]} */
export function unitsByGroup(store) {
  const result = /** @type {number[][]} */ (store.groups.map(() => []));
  for (const unit of ranked(store.model)) result[store.of[unit]].push(unit);
  return result;
}

const order = new WeakMap();
/** @param {import("./model.js").Model} model @returns {number[]} */
function ranked(model) {
  if (!order.has(model)) order.set(model, model.units.map((u) => u.id).sort((a, b) => model.units[a].rank - model.units[b].rank));
  return order.get(model);
}

/** Return which units hiding and focus leave, as 0 or 1. @param {Store} store */
export function visibleUnits(store) {
  const { model } = store;
  const mask = new Uint8Array(model.units.length).fill(1);
  if (store.hidden.length) {
    const tests = store.hidden.map(pattern);
    for (const u of model.units) if (tests.some((t) => t(u.symbol) || t(store.groups[store.of[u.id]].name) || t(model.modules[u.module]?.name ?? ""))) mask[u.id] = 0;
  }
  if (!store.focus) return mask;
  const near = new Uint8Array(mask.length);
  let edge = [...store.focus.units].filter((u) => mask[u]);
  for (const u of edge) near[u] = 1;
  for (let step = 0; step < store.focus.depth; step++) {
    const next = [];
    for (const u of edge) for (const i of model.links.of(u)) {
      if (store.off.has(model.kinds[model.links.kind[i]].id)) continue;
      const other = model.links.u[i] === u ? model.links.v[i] : model.links.u[i];
      if (mask[other] && !near[other]) { near[other] = 1; next.push(other); }
    }
    edge = next;
  }
  return near;
}

/** Return a test for a name or a glob. @param {string} glob @returns {(name: string) => boolean} */
export function pattern(glob) {
  if (!/[*?]/.test(glob)) return (name) => name === glob || name.startsWith(`${glob}.`) || name.startsWith(`${glob}:`);
  const body = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".");
  const test = new RegExp(`^${body}$`);
  return (name) => test.test(name);
}

/**
 * Units that a key names: `g:training`, `p:training/shop.models`, `m:training/shop.train`, `u:shop.train:fit`.
 * @param {Store} store @param {string} key @returns {number[]}
 */
export function unitsOf(store, key) {
  const { model } = store;
  const rest = key.slice(2);
  if (key.startsWith("u:")) return model.unitBySymbol.has(rest) ? [/** @type {number} */ (model.unitBySymbol.get(rest))] : [];
  const slash = rest.indexOf("/");
  const name = key.startsWith("g:") ? rest : rest.slice(0, slash);
  const group = store.groups.findIndex((g) => !g.gone && g.name === name);
  if (key.startsWith("g:")) return model.units.filter((u) => store.of[u.id] === group).map((u) => u.id);
  const inside = rest.slice(slash + 1);
  // `p:training/shop.` is what lies in the package itself, `p:training/shop` all below it.
  const own = inside.endsWith(".") ? inside.slice(0, -1) : "";
  const below = (/** @type {string} */ module, /** @type {string} */ name) => module.startsWith(name) && /[./]/.test(module[name.length] ?? "");
  const fits = (/** @type {string} */ module) => own ? module === own || (below(module, own) && !/[./]/.test(module.slice(own.length + 1)))
    : module === inside || (key.startsWith("p:") && below(module, inside));
  return model.units.filter((u) => store.of[u.id] === group && fits(model.modules[u.module]?.name ?? "?")).map((u) => u.id);
}

/** Return words for a unit alone; a module's body is nobody without its module. @param {Store} store @param {number} unit */
export function titleOf(store, unit) {
  const { kind, name, module } = store.model.units[unit];
  return kind === "module" ? `the body of ${store.model.modules[module]?.name ?? "?"}` : name;
}

/** Return words for a key. @param {Store} store @param {string} key */
export function nameOf(store, key) {
  if (key.startsWith("u:")) return key.slice(2);
  return /^[mp]:/.test(key) ? key.slice(key.indexOf("/") + 1).replace(/\.$/, " itself") : key.slice(2);
}

export { isDeployed };
