// The plan as it stands now: as JSON for the server, as YAML for a download.

import { heir } from "./changes.js";

/** @typedef {import("./store.js").Store} Store */
const ASIDE = /** @type {Record<string, string>} */ ({ library: "shared", offline: "offline", dead: "dead" });

/**
 * Return the plan with the changes, touching only what changed: a moved unit is named where it now belongs, and no longer where it was.
 * @param {Store} store
 */
export function currentPlan(store) {
  const plan = structuredClone(store.model.plan);
  const original = store.model.groupings[store.by];
  const base = /** @type {Map<number, any>} */ (new Map());
  const originals = plan.services;
  const /** @type {Record<string, any>} */ byName = Object.fromEntries(originals.map((/** @type {any} */ s) => [s.name, s]));
  store.groups.forEach((group, n) => {
    if (ASIDE[group.kind]) return;
    const service = byName[original.groups[n]?.name] ?? { name: group.name, kind: group.kind, because: "", members: [], exposes: [], owns: [], locked: [], note: "" };
    base.set(n, service);
  });
  store.groups.forEach((group, n) => {
    const service = base.get(n);
    if (!service) return;
    Object.assign(service, { name: group.name, kind: group.kind, because: group.because, note: group.note, locked: [...group.locked] });
  });
  store.groups.forEach((group, n) => { if (group.gone) absorb(base.get(n), base.get(group.mergedInto ?? n)); });
  const listOf = (/** @type {number} */ n) => base.get(n)?.members ?? plan[ASIDE[store.groups[n].kind]];
  for (const units of byModule(store).values()) {
    const entry = `${store.model.modules[units[0].module]?.name}:*`;
    const moved = units.filter((u) => heir(store, original.of[u.id]) !== store.of[u.id]);
    const from = original.of[units[0].id], to = store.of[units[0].id];
    const isWhole = moved.length === units.length && units.every((u) => original.of[u.id] === from && store.of[u.id] === to);
    if (isWhole && listOf(heir(store, from)).includes(entry)) { drop(listOf(heir(store, from)), entry); add(listOf(to), entry); continue; }
    for (const unit of moved) {
      drop(listOf(heir(store, original.of[unit.id])), unit.symbol);
      add(listOf(store.of[unit.id]), unit.symbol);
    }
  }
  plan.services = store.groups.flatMap((group, n) => (base.has(n) && !group.gone ? [base.get(n)] : []));
  return plan;
}

/** @param {Store} store @returns {Map<number, import("./model.js").Unit[]>} */
function byModule(store) {
  const result = new Map();
  for (const unit of store.model.units) result.set(unit.module, [...(result.get(unit.module) ?? []), unit]);
  return result;
}

/** @param {any} from @param {any} into */
function absorb(from, into) {
  for (const key of ["members", "exposes", "owns"]) into[key] = [...new Set([...(into[key] ?? []), ...(from[key] ?? [])])].sort();
}

/** @param {string[]} list @param {string} item */
function drop(list, item) {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}

/** @param {string[]} list @param {string} item */
function add(list, item) {
  if (list.includes(item)) return;
  const at = list.findIndex((other) => other > item);
  list.splice(at < 0 ? list.length : at, 0, item);
}

/** Units that stand elsewhere than in the plan as it was read. @param {Store} store @param {Int32Array} [was] @param {string[]} [names] names of the groups of `was` */
export function movedUnits(store, was, names) {
  const original = store.model.groupings[store.by];
  const before = was ?? original.of;
  const nameBefore = names ?? original.groups.map((/** @type {any} */ g) => g.name);
  return store.model.units
    .map((u) => ({ unit: u, from: nameBefore[before[u.id]] ?? "–", to: store.groups[store.of[u.id]].name, same: !was && before[u.id] === store.of[u.id] }))
    .filter((m) => !m.same && m.from !== m.to);
}

/** Return YAML. @param {any} value @param {string} [indent] @returns {string} */
export function toYaml(value, indent = "") {
  return Object.entries(value)
    .filter(([, v]) => !isEmpty(v))
    .map(([key, v]) => {
      if (Array.isArray(v)) return `${indent}${key}:\n${v.map((item) => `${indent}  - ${item && typeof item === "object" ? toYaml(item, `${indent}    `).trimStart() : scalar(item) + "\n"}`).join("")}`;
      if (v && typeof v === "object") return `${indent}${key}:\n${toYaml(v, `${indent}  `)}`;
      return `${indent}${key}: ${scalar(v)}\n`;
    })
    .join("");
}

/** @param {any} v */
const isEmpty = (v) => v === null || v === "" || (Array.isArray(v) && !v.length) || (typeof v === "object" && !Array.isArray(v) && Object.values(v).every(isEmpty));

/** A JSON string is a YAML string; plain words stay plain. @param {any} v */
function scalar(v) {
  if (typeof v !== "string") return String(v);
  return /^[A-Za-z_./][\w ./<>()-]*(:[\w.<>]+)?$/.test(v) && !/^(true|false|null|yes|no|on|off|y|n|~)$/i.test(v) && v === v.trim() && !/ #|: |^\.|^<|^-/.test(v) ? v : JSON.stringify(v);
}
