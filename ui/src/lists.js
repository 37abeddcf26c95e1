// The views that are lists: edges, assets, findings, and what has changed.
import { h, put, download, breakable, plural, signed, percent, ticks } from "./dom.js";
import { prefix } from "./cards.js";
import { isDeployed } from "./store.js";
import { figures, makeLedger } from "./metrics.js";
import { movedUnits } from "./planfile.js";

/** @typedef {import("./store.js").Store} Store @typedef {{select: (key: string) => void, reveal: (key: string) => void}} Actions */
const PAGE = 200;
/** Writers or readers of an asset that are shown at once. */
const FEW = 5;

/** Every edge between parts, as a table; the map's accessible equal. @param {Store} store @param {Actions} actions */
export function makeTable(store, actions) {
  const filter = /** @type {HTMLInputElement} */ (h("input", { type: "search", placeholder: "Filter by name", "aria-label": "Filter edges by name", oninput: () => { page = 1; draw(); } }));
  const scope = /** @type {HTMLSelectElement} */ (h("select", { "aria-label": "Which edges", onchange: () => { page = 1; draw(); } }, h("option", { value: "between" }, "between parts"), h("option", { value: "all" }, "all")));
  const kind = /** @type {HTMLSelectElement} */ (h("select", { "aria-label": "Kind of edge", onchange: () => { page = 1; draw(); } }, h("option", { value: "" }, "every kind"), store.model.kinds.map((/** @type {any} */ k) => h("option", { value: k.id }, k.label))));
  const count = h("span.muted", { "aria-live": "polite" });
  const body = h("tbody");
  const more = h("button.small", { onclick: () => { page++; draw(); } }, "More");
  let page = 1, by = "weight", down = true;
  const columns = /** @type {const} */ ([["from", "From part"], ["source", "Unit"], ["to", "To part"], ["target", "Needs"], ["kind", "Kind"], ["count", "Places"], ["weight", "Weight"], ["where", "First place"]]);
  const heads = columns.map(([id, text]) => h("th", { scope: "col", "aria-sort": "none", class: ["count", "weight"].includes(id) ? "num" : "" }, h("button.link", { onclick: () => { down = by === id ? !down : ["count", "weight"].includes(id); by = id; draw(); } }, text)));
  const element = h("div.list", null, h("div.bar", null, filter, scope, kind, count, h("span.grow"), h("button.small", { onclick: csv }, "Download CSV")),
    h("div.scroller", { tabindex: 0, role: "region", "aria-label": "Edges" }, h("table.edges", null, h("thead", null, h("tr", null, heads)), body)), more);

  function rows() {
    const { links, units, kinds } = store.model, text = filter.value.toLowerCase(), result = [];
    for (let i = 0; i < links.size; i++) {
      const a = store.of[links.u[i]], b = store.of[links.v[i]], k = kinds[links.kind[i]];
      if (scope.value === "between" && (a === b || !isDeployed(store.groups[a]) || !isDeployed(store.groups[b]))) continue;
      if (kind.value ? k.id !== kind.value : store.off.has(k.id)) continue;
      const source = units[links.u[i]].symbol, target = units[links.v[i]].symbol;
      if (text && !`${source} ${target} ${store.groups[a].name} ${store.groups[b].name} ${store.model.via(i)}`.toLowerCase().includes(text)) continue;
      const [first] = store.model.placesOf(i);
      const place = first === undefined ? null : store.model.place(first);
      result.push({ i, from: store.groups[a].name, to: store.groups[b].name, source, target, kind: k.label, id: k.id, via: store.model.via(i).replace(/^\w+:/, ""), sure: links.certain[i] ? "certain" : "possible", count: links.count[i], weight: k.weight * links.count[i], where: place ? `${place.path}:${place.line}` : "", code: place ? place.code || place.text : "" });
    }
    const sign = down ? -1 : 1;
    return result.sort((p, q) => { const x = /** @type {any} */ (p)[by], y = /** @type {any} */ (q)[by]; return x < y ? -sign : x > y ? sign : p.i - q.i; });
  }
  function draw() {
    const all = rows();
    heads.forEach((th, n) => th.setAttribute("aria-sort", columns[n][0] === by ? (down ? "descending" : "ascending") : "none"));
    count.textContent = plural(all.length, "edge");
    more.hidden = all.length <= page * PAGE;
    put(body, all.slice(0, page * PAGE).map((r) => h("tr", null, h("td", null, breakable(r.from)), h("td", null, unit(r.source)), h("td", null, breakable(r.to)), h("td", null, unit(r.target)),
      h("td.fixed", null, h("span.kind", { class: `k-${r.id}` }), r.kind, r.sure === "possible" && h("span.tag", null, "possible"), r.via && h("span.sub-line", { title: r.via }, breakable(r.via))), h("td.num", null, r.count), h("td.num", null, r.weight),
      h("td", null, h("button.link", { onclick: () => actions.select(`u:${r.source}>u:${r.target}`), "aria-label": `${r.where || "–"}: evidence of ${r.source} to ${r.target}` }, breakable(r.where || "–")), r.code && h("code.line", { title: r.code }, r.code)))));
  }
  /** Name above, module below. @param {string} symbol */
  const unit = (symbol) => {
    const at = symbol.indexOf(":"), module = symbol.slice(0, at), start = prefix(store);
    return [h("button.link", { onclick: () => actions.reveal(`u:${symbol}`), title: symbol }, breakable(symbol.slice(at + 1).replace("<module>", "module body"))), h("span.sub-line", null, breakable(module.startsWith(start) ? module.slice(start.length) : module))];
  };
  function csv() {
    // A cell that a spreadsheet would run as a formula is disarmed.
    const cell = (/** @type {any} */ v) => { const t = String(v); return `"${(/^[=+\-@\t\r]/.test(t) ? `'${t}` : t).replaceAll('"', '""')}"`; };
    const lines = rows().map((r) => [r.from, r.source, r.to, r.target, r.kind, r.count, r.weight, r.where, r.sure, r.code].map(cell).join(","));
    download(`${store.model.system.name}-edges.csv`, `${[...columns.map(([, t]) => t), "Sure", "Line"].map(cell).join(",")}\r\n${lines.join("\r\n")}\r\n`, "text/csv");
  }
  return { element, draw };
}

/** Whether an asset holds data: an environment variable and a configuration file are settings. @param {import("./model.js").Asset} a */
export const isData = (a) => !a.isState && a.kind !== "env" && a.kind !== "config";

/** Who writes and who reads what. @param {Store} store @param {Actions} actions */
export function makeAssets(store, actions) {
  const filter = /** @type {HTMLInputElement} */ (h("input", { type: "search", placeholder: "Filter by name", "aria-label": "Filter assets by name", oninput: () => draw() }));
  const which = /** @type {HTMLSelectElement} */ (h("select", { "aria-label": "Which assets", onchange: () => draw() }, h("option", { value: "data" }, "data assets"), h("option", { value: "state" }, "shared state"), h("option", { value: "settings" }, "settings"), h("option", { value: "across" }, "handed across parts"), h("option", { value: "loose" }, "only read or only written")));
  const count = h("span.muted", { "aria-live": "polite" });
  const body = h("div.flows");
  const element = h("div.list", null, h("div.bar", null, filter, which, count), h("div.scroller", { tabindex: 0, role: "region", "aria-label": "Assets" }, body));
  /** @param {import("./model.js").User} u */
  const isLive = (u) => u.unit >= 0 && isDeployed(store.groups[store.of[u.unit]]);
  /** @param {import("./model.js").User[]} users */
  const groups = (users) => new Set(users.filter(isLive).map((u) => store.groups[store.of[u.unit]].name));
  /** @param {import("./model.js").Asset} a */
  const isAcross = (a) => { const w = groups(a.writers), r = groups(a.readers); return w.size > 0 && [...r].some((g) => !w.has(g)); };
  /** Users that run come before tests and notebooks. @param {import("./model.js").User[]} users */
  const ranked = (users) => [...users].sort((x, y) => Number(isLive(y)) - Number(isLive(x)));
  /** @param {import("./model.js").Asset} a */
  const live = (a) => [...a.writers, ...a.readers].filter(isLive).length;
  function draw() {
    const text = filter.value.toLowerCase();
    const tests = /** @type {Record<string, (a: import("./model.js").Asset) => boolean>} */ ({ data: isData, settings: (a) => !a.isState && !isData(a), state: (a) => a.isState, across: isAcross, loose: (a) => isData(a) && (!a.writers.length || !a.readers.length) });
    const rows = store.model.assets.filter((/** @type {any} */ a) => tests[which.value](a) && a.name.toLowerCase().includes(text))
      .sort((/** @type {any} */ a, /** @type {any} */ b) => Number(isAcross(b)) - Number(isAcross(a)) || live(b) - live(a) || (a.name < b.name ? -1 : 1));
    count.textContent = plural(rows.length, { state: "state", settings: "setting" }[which.value] ?? "asset");
    const writes = which.value === "state" ? "changed by" : "written by";
    put(body, rows.length > 0 && h("div.flow.heads", null, h("span", null, writes), h("span", null, which.value === "state" ? "state" : "asset"), h("span", null, "read by")), rows.length ? alike(rows).slice(0, 300).map(flow) : h("p.empty", null, "Nothing of this kind was found."));
  }
  /** Assets that the same units write and read are shown as one. @param {import("./model.js").Asset[]} rows */
  function alike(rows) {
    const together = /** @type {Map<string, import("./model.js").Asset[]>} */ (new Map());
    for (const a of rows) {
      const key = JSON.stringify([a.kind, a.isState, ...[a.writers, a.readers].map((users) => users.map((u) => [u.symbol, u.certain]))]);
      together.set(key, [...(together.get(key) ?? []), a]);
    }
    return [...together.values()];
  }
  /** @param {import("./model.js").Asset[]} inside */
  function flow(inside) {
    const [a] = inside, names = inside.map((i) => i.name), told = inside.length > 1 ? [a.kind, [...new Set(inside.map((i) => i.format))].filter(Boolean).join(", ")] : [a.kind, a.format, a.detail];
    const nobody = (/** @type {string} */ t) => h("p.nobody", null, t);
    return h("article.flow", { class: isAcross(a) ? "across" : "" },
      h("div.users", null, a.writers.length ? some(ranked(a.writers)) : a.kind === "env" ? h("p.muted", null, "set by whoever starts it") : nobody(a.isState ? "nobody changes it" : "nobody writes it")),
      h("div.asset", { class: a.isState ? "state" : "" }, names.slice(0, 8).map((name) => h("b", null, name)), names.length > 8 && h("span.muted", { title: names.slice(8, 60).join("\n") }, `and ${names.length - 8} more`), h("span.muted", null, told.filter(Boolean).join(" · ")), a.columns.length > 0 && h("span.muted", null, `columns: ${a.columns.slice(0, 12).join(", ")}${a.columns.length > 12 ? " …" : ""}`), isAcross(a) && h("span.tag", null, "crosses parts")),
      h("div.users", null, a.readers.length ? some(ranked(a.readers)) : nobody("nobody reads it")));
  }
  /** The first few, and the rest on demand. @param {import("./model.js").User[]} users */
  function some(users) {
    const rest = users.slice(FEW), more = /** @type {HTMLElement} */ (h("button.link", { onclick: () => more.replaceWith(...rest.map((u) => user(u))) }, `and ${rest.length} more`));
    return [...users.slice(0, FEW).map((u) => user(u)), rest.length > 0 && more];
  }
  /** @param {import("./model.js").User} u */
  function user(u) {
    const place = u.places.length ? store.model.place(u.places[0]) : null;
    return h("div.user", null, u.unit >= 0 && h("span.part", null, store.groups[store.of[u.unit]].name), h("button.link", { onclick: () => u.unit >= 0 && actions.reveal(`u:${u.symbol}`), title: place?.code || place?.text || "" }, u.symbol.slice(u.symbol.indexOf(":") + 1).replace("<module>", `${u.symbol.slice(0, u.symbol.indexOf(":")).split(/[./]/).at(-1)} (body)`)), !u.certain && h("span.tag", null, "possible"), h("code", null, breakable(place ? `${place.path}:${place.line}` : "")));
  }
  return { element, draw };
}

/** What a stage could not do, or what the reader should know. @param {Store} store */
export function makeFindings(store) {
  const level = /** @type {HTMLSelectElement} */ (h("select", { "aria-label": "Level", onchange: () => draw() }, h("option", { value: "" }, "every level"), ["error", "warning", "note"].map((l) => h("option", { value: l }, l))));
  const filter = /** @type {HTMLInputElement} */ (h("input", { type: "search", placeholder: "Filter", "aria-label": "Filter findings", oninput: () => draw() }));
  const count = h("span.muted", { "aria-live": "polite" });
  const body = h("div.findings");
  const element = h("div.list", null, h("div.bar", null, filter, level, count), h("div.scroller", { tabindex: 0, role: "region", "aria-label": "Findings" }, body));
  function draw() {
    const text = filter.value.toLowerCase(), rank = /** @type {Record<string, number>} */ ({ error: 0, warning: 1, note: 2 });
    const all = store.model.findings.filter((/** @type {any} */ f) => (!level.value || f.level === level.value) && `${f.code} ${f.message} ${f.path} ${f.symbol}`.toLowerCase().includes(text));
    const sorted = all.map((/** @type {any} */ f, /** @type {number} */ n) => ({ f, n })).sort((/** @type {any} */ a, /** @type {any} */ b) => rank[a.f.level] - rank[b.f.level] || a.n - b.n);
    count.textContent = plural(all.length, "finding");
    put(body, all.length ? sorted.slice(0, 500).map((/** @type {any} */ { f }) => h("article.finding", { class: f.level }, h("div", null, h("span.level", null, f.level), h("code", null, f.code), " ", f.path !== "." && h("code", null, `${f.path}:${f.line}`)),
      h("p", null, ticks(f.message)), f.code_line && h("pre", null, f.code_line), f.hint && h("p.muted", null, ticks(f.hint)))) : h("p.empty", null, "No findings here."));
  }
  return { element, draw };
}

/** The plan as it was against the plan as it is, or against another one. @param {Store} store @param {Actions} actions */
export function makeCompare(store, actions) {
  const body = h("div.compare");
  const element = h("div.list", null, h("div.scroller", { tabindex: 0, role: "region", "aria-label": "Compare" }, body));
  function draw() {
    const original = store.model.groupings[store.by];
    const other = store.model.other;
    const was = other ? otherOf(store, other) : { of: original.of, groups: original.groups };
    const before = figures(makeLedger(store.model, was.of.slice(), was.groups.length), was.groups), now = store.figures;
    const moved = other ? movedUnits(store, was.of, was.groups.map((/** @type {any} */ g) => g.name)) : movedUnits(store);
    const delta = (/** @type {string} */ name, /** @type {number} */ a, /** @type {number} */ b, /** @type {(n: number) => string} */ show) => h("tr", { class: b < a ? "better" : b > a ? "worse" : "" }, h("th", { scope: "row" }, name), h("td.num", null, show(a)), h("td.num", null, show(b)), h("td.num", null, name.includes("share") ? `${signed((b - a) * 100)} points` : signed(b - a)));
    const whole = (/** @type {number} */ n) => Math.round(n).toLocaleString("en");
    put(body, h("h2", null, other ? "This plan against the other" : "Your changes against the plan as read"),
      h("table.deltas", null, h("thead", null, h("tr", null, h("td"), h("th.num", { scope: "col" }, other ? "other" : "before"), h("th.num", { scope: "col" }, "now"), h("th.num", { scope: "col" }, "change"))),
        h("tbody", null, delta("coupling across (share)", before.share, now.share, percent), delta("coupling across (weight)", before.cut, now.cut, whole), delta("remote calls", before.remote, now.remote, whole), delta("parts in a circle", before.cyclic, now.cyclic, whole))),
      between(was.of, was.groups),
      h("h3", null, `${plural(moved.length, "unit")} in another part`),
      moved.length ? h("table", null, h("thead", null, h("tr", null, ["Unit", "From", "To"].map((t) => h("th", { scope: "col" }, t)))),
        h("tbody", null, moved.slice(0, 500).map((m) => h("tr", null, h("td", null, h("button.link", { onclick: () => actions.reveal(`u:${m.unit.symbol}`) }, m.unit.symbol)), h("td", null, m.from), h("td", null, m.to))))) : h("p.empty", null, "Nothing has moved. Drag a unit or a module onto a service in the Map, or select it and press m."),
      store.done.length > 0 && h("section", null, h("h3", null, "In order"), h("ol", null, store.done.map((d) => h("li", null, d.label)))));
  }
  /** Units that came to cross parts, or no longer do. @param {Int32Array} of @param {any[]} groups */
  function between(of, groups) {
    const { links, units, kinds } = store.model;
    const name = (/** @type {any} */ g) => (g && !g.gone && isDeployed(g) ? g.name : "");
    const crosses = (/** @type {any} */ a, /** @type {any} */ b) => !!name(a) && !!name(b) && name(a) !== name(b);
    const added = /** @type {number[]} */ ([]), gone = /** @type {number[]} */ ([]);
    let kept = 0;
    for (let i = 0; i < links.size; i++) {
      const u = links.u[i], v = links.v[i];
      if (!kinds[links.kind[i]].weight) continue;
      const then = crosses(groups[of[u]], groups[of[v]]), now = crosses(store.groups[store.of[u]], store.groups[store.of[v]]);
      if (then && now) kept++;
      else if (then !== now) (now ? added : gone).push(i);
    }
    const end = (/** @type {number} */ unit) => units[unit].symbol;
    const table = (/** @type {string} */ mark, /** @type {string} */ title, /** @type {number[]} */ list) => list.length > 0 && h("details", { class: mark, open: list.length <= 12 }, h("summary", null, `${title}: ${list.length}`),
      h("ul.plain", null, list.slice(0, 200).map((i) => h("li", null, h("span.kind", { class: `k-${kinds[links.kind[i]].id}` }), h("button.link", { onclick: () => actions.select(`u:${end(links.u[i])}>u:${end(links.v[i])}`), title: "Show the places in the source" }, `${end(links.u[i])} → ${end(links.v[i])}`)))));
    return h("section", null, h("h3", null, "Edges across parts"), h("p.muted", null, `${kept.toLocaleString("en")} cross in both`), table("worse", "+ cross now", added), table("better", "− no longer cross", gone));
  }
  return { element, draw };
}

/** @param {Store} store @param {any} other */
function otherOf(store, other) {
  const kinds = /** @type {Record<string, string>} */ ({ shared: "library", offline: "offline", dead: "dead" });
  const names = [...new Set(Object.values(other.of))].sort();
  const groups = names.map((name) => ({ name, kind: kinds[String(name)] ?? "service" }));
  const of = Int32Array.from(store.model.units.map((u) => Math.max(0, names.indexOf(other.of[u.symbol] ?? "offline"))));
  return { of, groups: /** @type {any[]} */ (groups) };
}
