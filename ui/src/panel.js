// The panel on the right: what is selected, why, and where in the source.
import { h, put, percent, plural, round, signed, short, ticks } from "./dom.js";
import { gather, bundleWords } from "./bundles.js";
import { unitsOf, nameOf, isDeployed } from "./store.js";
import { describe, isLocked, toggleLock } from "./edit.js";

/** @typedef {import("./store.js").Store} Store */
const PAGE = 50;

/**
 * @param {Store} store
 * @param {{select: (key: string) => void, reveal: (key: string) => void, askMove: (units: number[]) => void, askRename: (group: number) => void, askMerge: (group: number) => void, askSplit: (group: number) => void, focus: (units: number[], label: string) => void, hide: (name: string) => void, showTable: (key: string) => void}} actions
 */
export function makePanel(store, actions) {
  const element = h("aside.panel", { "aria-label": "About the selection", tabindex: -1 });
  let page = 1, last = "";

  function draw() {
    const key = store.selected;
    if (key !== last) { page = 1; element.scrollTop = 0; last = key; }
    if (key.includes(">")) return edge(key);
    if (key.startsWith("u:")) return unit(key);
    if (/^[gpm]:/.test(key)) return box(key);
    return summary();
  }

  function summary() {
    const { system, plan } = store.model, f = store.figures;
    const groups = store.groups.map((g, n) => ({ g, n, f: f.groups[n] })).filter(({ g }) => !g.gone && isDeployed(g));
    put(element,
      h("header", null, h("p.kicker", null, "System"), h("h2", null, system.name)),
      plan?.verdict && h("section.verdict", null, h("p.kicker", null, "Verdict"), h("p.decision", null, plan.verdict.decision),
        h("ul", null, plan.verdict.because.map((/** @type {string} */ t) => h("li", null, ticks(t)))), plan.verdict.would_change && h("p.muted", null, "Would change it: ", ticks(plan.verdict.would_change))),
      h("section", null, h("dl.figures", null,
        figure("Coupling across", percent(f.share), `weight ${Math.round(f.cut)} of all that the parts exchange`),
        figure("Remote calls", f.remote.toLocaleString("en"), "pairs of units whose call crosses"),
        figure("In a circle", String(f.cyclic), "parts that call each other in a circle"))),
      groups.length > 1 && h("section", null, h("h3", null, "Parts"), h("table.mini", null,
        h("thead", null, h("tr", null, ["name", "units", "cohesion", "in", "out"].map((t) => h("th", { scope: "col" }, t)))),
        h("tbody", null, groups.map(({ g, n, f: x }) => h("tr", null, h("td", null, link(`g:${g.name}`, short(g.name, 26))),
          h("td", null, store.model.loud(store.model.units.filter((u) => store.of[u.id] === n).map((u) => u.id)).length), h("td", null, percent(x.cohesion)), h("td", null, Math.round(x.incoming)), h("td", null, Math.round(x.outgoing))))))),
      h("section", null, h("h3", null, "What was read"),
        h("p", null, `${plural(system.modules, "module")}, ${plural(system.units, "unit")}, ${plural(system.edges, "edge")}.`),
        system.calls.total > 0 && h("p", null, `Of ${plural(system.calls.total, "call site")}, ${system.calls.resolved.toLocaleString("en")} lead into this code, ${system.calls.external.toLocaleString("en")} to libraries, and ${system.calls.unresolved.toLocaleString("en")} could not be resolved.`),
        Object.keys(system.causes).length > 0 && h("ul.muted", null, Object.entries(system.causes).sort((a, b) => b[1] - a[1]).slice(0, 6).map(([cause, n]) => h("li", null, `${cause}: ${n}`))),
        system.skipped.length > 0 && h("details", null, h("summary", null, `${plural(system.skipped.length, "file")} not fully read`),
          h("ul.muted", null, system.skipped.slice(0, 40).map((/** @type {string[]} */ f) => h("li", null, h("code", null, f[0]), ` ${f[2] || f[1]}`))))));
  }

  /** @param {string} key */
  function box(key) {
    const units = unitsOf(store, key);
    const isGroup = key.startsWith("g:");
    const n = isGroup ? store.groups.findIndex((g) => !g.gone && g.name === key.slice(2)) : store.of[units[0]];
    const group = store.groups[n];
    if (!group) return summary();
    const f = store.figures.groups[n];
    const edit = store.canEdit;
    const canShape = edit && isGroup && isDeployed(group);
    put(element,
      h("header", null, h("p.kicker", null, isGroup ? store.model.groupKinds[group.kind] ?? group.kind : key.startsWith("p:") ? "package" : "module"), h("h2", null, nameOf(store, key)), !isGroup && h("p.muted", null, "in ", link(`g:${group.name}`, group.name))),
      h("div.buttons", null,
        canShape && button("Rename", () => actions.askRename(n), "r"), canShape && button("Merge into …", () => actions.askMerge(n)), canShape && button("Split …", () => actions.askSplit(n), "s"),
        edit && !isGroup && button("Move …", () => actions.askMove(units), "m"),
        edit && button(isGroup ? (group.locked.includes("*") ? "Unlock" : "Lock") : "Lock all", () => toggleLock(store, units, isGroup), "l"),
        button("Focus", () => actions.focus(units, nameOf(store, key)), "f"), button("Hide", () => actions.hide(nameOf(store, key)), "h")),
      isGroup && isDeployed(group) && h("dl.figures", null, figure("Cohesion", percent(f.cohesion), "weight inside of all weight that touches it"),
        figure("In", String(Math.round(f.incoming)), "weight from the other parts"), figure("Out", String(Math.round(f.outgoing)), "weight to the other parts")),
      canShape && field("Why it stands alone", group.because, (v) => describe(store, n, "because", v)),
      canShape && field("Note", group.note, (v) => describe(store, n, "note", v)),
      !canShape && group.because && isGroup && h("p", null, group.because),
      h("section", null, h("h3", null, "Roles"), roles(units)),
      neighbours(key, units),
      !isGroup && h("section", null, h("h3", null, "Units"), h("ul.plain", null, store.model.loud(units).slice(0, 60).map((u) => h("li", null, dot(store.model.units[u].role), link(`u:${store.model.units[u].symbol}`, store.model.units[u].name))))));
  }

  /** @param {string} key */
  function unit(key) {
    const [id] = unitsOf(store, key);
    if (id === undefined) return summary();
    const u = store.model.units[id], module = store.model.modules[u.module];
    const units = store.picked.has(id) ? [...store.picked] : [id];
    put(element,
      h("header", null, h("p.kicker", null, u.kind === "module" ? "module body" : u.kind), h("h2", null, u.name),
        h("p.muted", null, "in ", link(`g:${store.groups[store.of[id]].name}`, store.groups[store.of[id]].name), " · ", where(module?.path ?? "?", u.line))),
      u.doc && h("p", null, u.doc),
      h("div.buttons", null, store.canEdit && button(units.length > 1 ? `Move ${units.length} …` : "Move …", () => actions.askMove(units), "m"),
        store.canEdit && button(isLocked(store, id) ? "Unlock" : "Lock", () => toggleLock(store, units, false), "l"),
        button("Focus", () => actions.focus(units, u.name), "f"), button("Hide", () => actions.hide(u.symbol), "h")),
      h("section", null, h("h3", null, "Role"), h("p", null, dot(u.role), store.model.roles[u.role].label), u.why.length > 0 && h("ul.why", null, u.why.map((w) => h("li", null, w)))),
      (u.entry || u.resources.length > 0 || u.statements > 0) && h("section", null, h("h3", null, "Facts"), h("ul.plain", null,
        u.entry && h("li", null, `started from outside: ${u.entry}`), u.resources.length > 0 && h("li", null, `needs ${u.resources.join(", ")}`),
        u.statements > 0 && h("li", null, plural(u.statements, "statement")), u.inner > 0 && h("li", null, `${plural(u.inner, "inner unit")}`))),
      neighbours(key, [id]));
  }

  /** Lines in and out, heaviest first. @param {string} key @param {number[]} units */
  function neighbours(key, units) {
    const isUnit = key.startsWith("u:");
    const own = new Set(units);
    const others = new Map();
    for (const u of store.model.units) {
      if (own.has(u.id)) continue;
      const other = isUnit ? `u:${u.symbol}` : /^[mp]:/.test(key) ? `m:${store.groups[store.of[u.id]].name}/${store.model.modules[u.module]?.name}` : `g:${store.groups[store.of[u.id]].name}`;
      if (!others.has(other)) others.set(other, []);
      others.get(other).push(u.id);
    }
    const boxes = [{ key, units }, ...[...others].map(([k, list]) => ({ key: k, units: list }))];
    const { bundles } = gather(store, boxes);
    const list = (/** @type {string} */ title, /** @type {typeof bundles} */ rows, /** @type {"a" | "b"} */ end) => rows.length > 0 && h("section", null, h("h3", null, `${title} (${rows.length})`),
      h("ul.plain.links", null, rows.slice(0, 40).map((b) => h("li", null, h("button.row", { onclick: () => actions.select(b.key), title: "Show the places in the source" },
        h("span.kind", { class: `k-${b.kind}` }), h("span.grow", null, short(nameOf(store, boxes[b[end]].key).replace(/^.*:/, (m) => (isUnit ? m.split(".").at(-1) ?? m : m)), 34)), h("span.count", null, b.count.toLocaleString("en"))))),
      rows.length > 40 && h("li.muted", null, `and ${rows.length - 40} more`)));
    const back = [...bundles].reverse();
    return [list("Needs", back.filter((b) => b.a === 0), "b"), list("Needed by", back.filter((b) => b.b === 0), "a")];
  }

  /** @param {string} key */
  function edge(key) {
    const [a, b] = key.split(">");
    const boxes = [{ key: a, units: unitsOf(store, a) }, { key: b, units: unitsOf(store, b) }];
    const { bundles } = gather(store, boxes);
    const bundle = bundles.find((x) => x.a === 0 && x.b === 1);
    const end = (/** @type {string} */ k) => link(k, short(nameOf(store, k), 40));
    if (!bundle) return put(element, h("header", null, h("p.kicker", null, "Edge"), h("h2", null, end(a), " needs ", end(b))), h("p.muted", null, "Nothing joins the two now."));
    const rows = evidence(bundle.links);
    const from = store.of[boxes[0].units[0]], to = store.of[boxes[1].units[0]];
    const isRemote = store.grouping.by === "service" && from !== to && isDeployed(store.groups[from]) && isDeployed(store.groups[to]);
    put(element,
      h("header", null, h("p.kicker", null, isRemote ? "crosses services" : "Edge"), h("h2.edge-title", null, end(a), h("span.arrow", null, " needs "), end(b))),
      h("p", null, bundleWords(store, bundle)),
      bundle.counts.call > 0 && h("p.muted", null, `About ${plural(bundle.calls, "call")} a run, counting ten rounds for each loop`),
      h("section", null, h("h3", null, `Evidence (${rows.length})`),
        h("ol.evidence", null, rows.slice(0, page * PAGE).map(({ place, link: i }) => {
          const kind = store.model.kinds[store.model.links.kind[i]];
          const via = store.model.via(i), named = store.model.namedOf(i);
          return h("li", null, h("div.where", null, h("span.kind", { class: `k-${kind.id}` }), where(place.path, place.line), !store.model.links.certain[i] && h("span.tag", null, "possible")),
            h("pre", null, place.code || place.text || "(line not embedded)"),
            h("p.muted", null, `${end2(place.source)} → ${end2(place.target)} · ${place.kind.replace("_", " ")}${place.reason && place.reason !== "direct" ? ` · ${place.reason}` : ""}${via ? ` · through ${via}` : ""}`),
            named && h("div.named", null, h("p.muted", null, `${end2(named.target)} · ${named.reason}: `, where(named.path, named.line)), h("pre", null, named.code)));
        })),
        rows.length > page * PAGE && button(`Show ${Math.min(PAGE, rows.length - page * PAGE)} more`, () => { page++; draw(); }),
        !rows.length && h("p.muted", null, "No place in the source is recorded for this edge.")));
  }

  /** @param {number[]} links */
  function evidence(links) {
    const seen = new Set(), rows = [];
    for (const i of links) for (const n of store.model.placesOf(i)) {
      if (seen.has(n)) continue;
      seen.add(n);
      rows.push({ place: store.model.place(n), link: i });
    }
    const weak = (/** @type {string} */ kind) => (kind === "import" || kind === "type" ? 1 : 0);
    return rows.sort((p, q) => weak(p.place.kind) - weak(q.place.kind) || (p.place.path < q.place.path ? -1 : p.place.path > q.place.path ? 1 : p.place.line - q.place.line));
  }

  /** @param {string} symbol */
  const end2 = (symbol) => symbol.slice(symbol.indexOf(":") + 1).replace("<module>", "module body");
  /** A place in the source: where the root is known, a link that the editor opens. @param {string} path @param {number} line */
  const where = (path, line) => {
    // A notebook has cells: `nb.ipynb:cell_4` and the line of that cell; its file opens without a line.
    const [file, cell] = path.split(/(?<=\.ipynb):/), isNotebook = file.endsWith(".ipynb");
    const text = h("code", null, isNotebook && !cell ? file : `${path}:${line}`);
    return store.model.root ? h("a", { href: `vscode://file${encodeURI(`${store.model.root}/${file}`)}${isNotebook ? "" : `:${line}`}`, title: "Open in the editor" }, text) : text;
  };
  /** @param {string} key @param {string} text */
  const link = (key, text) => h("button.link", { onclick: () => actions.reveal(key) }, text);
  /** @param {string} text @param {() => void} act @param {string} [hot] */
  const button = (text, act, hot) => h("button.small", { onclick: act, title: hot ? `Key ${hot}` : false }, text);
  /** @param {number} role */
  const dot = (role) => h("span.dot", { class: `b${role}`, "aria-hidden": "true" });
  /** @param {string} name @param {string} value @param {string} why */
  const figure = (name, value, why) => h("div", { title: why }, h("dt", null, name), h("dd", null, value));

  /** @param {number[]} units */
  function roles(units) {
    const counts = new Map();
    for (const u of store.model.loud(units)) { const r = store.model.units[u].role; counts.set(r, (counts.get(r) ?? 0) + 1); }
    return h("ul.plain", null, [...counts].sort((p, q) => q[1] - p[1]).map(([r, n]) => h("li", null, dot(r), h("span.grow", null, store.model.roles[r].label), h("span.count", null, n))));
  }

  /** @param {string} label @param {string} value @param {(value: string) => void} save */
  function field(label, value, save) {
    return h("label.field", null, h("span", null, label), h("textarea", { rows: 2, value, onchange: (/** @type {any} */ e) => save(e.target.value.trim()) }));
  }

  return { element, draw };
}

export { round, signed };
