// The graph as it came: never changed after it is read.

/**
 * @typedef {{id: number, name: string, symbol: string, module: number, kind: string, line: number, role: number, why: string[],
 *   statements: number, doc: string, entry: string, rank: number, inner: number, resources: string[]}} Unit
 * @typedef {{name: string, kind: string, because: string, note: string, locked: string[], column: number, row: number, order?: number, gone?: boolean, mergedInto?: number}} Group
 * @typedef {{by: string, groups: Group[], of: Int32Array}} Grouping
 * @typedef {{name: string, path: string, kind: string}} Module
 * @typedef {{path: string, line: number, source: string, target: string, kind: string, reason: string, text: string, code: string}} Place
 * @typedef {{symbol: string, name: string, kind: string, format: string, columns: string[], detail: string, isState: boolean, writers: User[], readers: User[]}} Asset
 * @typedef {{unit: number, symbol: string, certain: boolean, places: number[]}} User
 * @typedef {ReturnType<typeof decode>} Model
 */

/** Read the page's content. @param {any} raw */
export function decode(raw) {
  const /** @type {Module[]} */ modules = raw.modules.map((/** @type {any[]} */ [name, path, kind]) => ({ name, path, kind }));
  const /** @type {Unit[]} */ units = raw.units.map((/** @type {any[]} */ u, /** @type {number} */ id) => ({
    id, name: u[0] === "<module>" ? "module body" : u[0], symbol: `${modules[u[1]]?.name ?? "?"}:${u[0]}`, module: u[1], kind: u[2], line: u[3],
    role: u[4], why: u[5], statements: u[6], doc: u[7], entry: u[8], rank: u[9], inner: u[10], resources: u[11],
  }));
  const links = readLinks(raw.links, units.length);
  /** @param {number} n @returns {Place} */
  const place = (n) => {
    const [path, line, ...words] = raw.places[n];
    const [source, target, kind, reason, text] = words.map((/** @type {number} */ w) => raw.strings[w]);
    return { path: raw.strings[path], line, source, target, kind, reason, text, code: raw.lines[path]?.[line] ?? "" };
  };
  /** @param {any[]} rows @returns {User[]} */
  const users = (rows) => rows.map(([unit, symbol, certain, places]) => ({ unit, symbol: raw.strings[symbol], certain: !!certain, places }));
  return {
    system: raw.system, modules, units, links, place,
    via: (/** @type {number} */ link) => /** @type {string} */ (raw.strings[raw.links[link][6]]),
    placesOf: (/** @type {number} */ link) => /** @type {number[]} */ (raw.links[link][7]),
    /** Where the name stands, of a link whose own lines do not have it. @param {number} link @returns {Place | null} */
    namedOf: (link) => (raw.links[link][8] >= 0 ? place(raw.links[link][8]) : null),
    roles: raw.roles.map((/** @type {any[]} */ [id, label, light, dark]) => ({ id, label, light, dark })),
    kinds: raw.kinds.map((/** @type {any[]} */ [id, label, light, dark, dash, weight]) => ({ id, label, light, dark, dash, weight })),
    groupKinds: /** @type {Record<string, string>} */ (raw.groupKinds),
    groupings: raw.groupings.map((/** @type {any} */ g) => ({
      by: g.by, of: Int32Array.from(g.of),
      groups: g.groups.map((/** @type {any[]} */ [name, kind, because, note, locked, column, row, order]) => ({ name, kind, because, note, locked, column, row, order })),
    })),
    assets: raw.assets.map((/** @type {any[]} */ [symbol, name, kind, format, columns, detail, isState, writers, readers]) => (
      { symbol, name, kind, format, columns, detail, isState: !!isState, writers: users(writers), readers: users(readers) })),
    findings: raw.findings.map((/** @type {any[]} */ [code, level, path, line, message, hint, symbol]) => (
      { code, level, path: raw.strings[path] ?? "", line, message, hint, symbol, code_line: raw.lines[path]?.[line] ?? "" })),
    plan: raw.plan, other: raw.other ?? null, root: /** @type {string} */ (raw.root ?? ""),
    unitBySymbol: new Map(units.map((u) => [u.symbol, u.id])),
    /** Units worth a box: all but module bodies that nothing is joined to. @param {number[]} ids */
    loud: (ids) => ids.filter((id) => units[id].kind !== "module" || links.of(id).length > 0),
  };
}

/** @param {any[][]} rows @param {number} n */
function readLinks(rows, n) {
  const size = rows.length;
  const column = (/** @type {number} */ at) => Int32Array.from({ length: size }, (_, i) => rows[i][at]);
  const u = column(0), v = column(1);
  const start = new Int32Array(n + 1), touching = new Int32Array(2 * size);
  for (let i = 0; i < size; i++) { start[u[i] + 1]++; start[v[i] + 1]++; }
  for (let i = 0; i < n; i++) start[i + 1] += start[i];
  const at = start.slice();
  for (let i = 0; i < size; i++) { touching[at[u[i]]++] = i; touching[at[v[i]]++] = i; }
  return {
    size, u, v, kind: column(2), certain: column(3), count: column(4), calls: column(5),
    /** Links that start or end at a unit. @param {number} unit */
    of: (unit) => touching.subarray(start[unit], start[unit + 1]),
  };
}
