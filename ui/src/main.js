// The page: a bar, a view, a panel; what is selected is the same in all of them.
import { decode } from "./model.js";
import { makeStore, nameOf, pattern, unitsOf } from "./store.js";
import { uncover } from "./layout.js";
import { makeMap } from "./map.js";
import { makeMatrix } from "./matrix.js";
import { isData, makeTable, makeAssets, makeFindings, makeCompare } from "./lists.js";
import { makePanel } from "./panel.js";
import { askMerge, askMove, askNew, askRename, askSearch, askSplit, showHelp } from "./dialogs.js";
import { applyChanges } from "./changes.js";
import * as edit from "./edit.js";
import { redo, toggleLock, undo } from "./edit.js";
import { currentPlan, toYaml } from "./planfile.js";
import { savePicture } from "./exports.js";
import { connect } from "./remote.js";
import { makeSession } from "./session.js";
import { cutsOf } from "./suggest.js";
import { download, h, plural, put, say } from "./dom.js";

/**
 * @param {any} raw @param {import("./remote.js").Remote | null} remote
 * @param {{isUnsaved?: boolean, before?: () => void}} [options] whether the plan shown is not the one in the file; what undo leads back to, past the first change
 * @returns {import("./store.js").Store}
 */
function start(raw, remote, { isUnsaved = false, before } = {}) {
  const store = makeStore(decode(raw));
  if (isUnsaved) store.savedAt = -1;
  Object.assign(store, { isRemote: !!remote, raw, before: before ?? null });
  const session = makeSession(store, remote, (other, options) => start(other, remote, options));
  const { save, repropose, downloadPlan } = session;
  const { model } = store;
  const actions = {
    select: (/** @type {string} */ key) => { store.selected = key; quiet(); },
    reveal, askMove: (/** @type {number[]} */ units) => askMove(store, units), askNew: (/** @type {number[]} */ units) => askNew(store, units),
    askRename: (/** @type {number} */ g) => askRename(store, g), askMerge: (/** @type {number} */ g) => askMerge(store, g), askSplit: (/** @type {number} */ g) => askSplit(store, g),
    focus: focusOn, hide: (/** @type {string} */ name) => { store.hidden.push(name); store.selected = ""; store.changed(); say(`Hidden: ${name}`); },
    showTable: () => show("table"),
  };
  const map = makeMap(store, actions);
  const panel = makePanel(store, actions);
  const views = /** @type {Record<string, {label: string, made: any, count?: () => number}>} */ ({
    map: { label: "Map", made: map }, matrix: { label: "Matrix", made: makeMatrix(store, actions) }, table: { label: "Table", made: makeTable(store, actions) },
    assets: { label: "Assets", made: makeAssets(store, actions), count: () => model.assets.filter(isData).length },
    findings: { label: "Findings", made: makeFindings(store), count: () => model.findings.length },
    compare: { label: "Compare", made: makeCompare(store, actions), count: () => store.done.length },
  });
  if (!model.plan) delete views.compare;

  const stage = h("main.stage", { id: "stage", tabindex: -1 });
  const tabs = h("div.tabs", { role: "tablist", "aria-label": "Views" }, Object.entries(views).map(([id, v], n) => h("button", { role: "tab", id: `tab-${id}`, "data-view": id, "aria-controls": "stage", title: `Key ${n + 1}`, onclick: () => show(id) }, v.label, v.count && h("span.badge", null, ""))));
  tabs.addEventListener("keydown", (event) => {
    const ids = Object.keys(views), step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    show(ids[(ids.indexOf(store.view) + step + ids.length) % ids.length]);
    document.getElementById(`tab-${store.view}`)?.focus();
    event.stopPropagation();
  });
  const groupBy = /** @type {HTMLSelectElement} */ (h("select", { "aria-label": "Boxes are", title: "What the boxes are", onchange: () => { store.group(Number(groupBy.value)); map.refit(); store.changed(); } }, model.groupings.map((/** @type {any} */ g, /** @type {number} */ n) => h("option", { value: n }, { service: "by service", package: "by package", role: "by role" }[/** @type {"role"} */ (g.by)] ?? g.by))));
  const undoButton = h("button.icon", { title: "Undo (u)", "aria-label": "Undo", onclick: () => undo(store) }, "↶");
  const redoButton = h("button.icon", { title: "Redo (Ctrl+Shift+Z)", "aria-label": "Redo", onclick: () => redo(store) }, "↷");
  const saveButton = h("button.primary", { onclick: save }, remote ? "Save plan" : "Download plan");
  const again = h("button", { onclick: repropose, title: "Propose again; what is locked stays" }, "Re-propose");
  const more = h("details.menu", null, h("summary", null, "Export"), h("div", { role: "group", "aria-label": "Export" },
    item("Picture of the map (SVG)", () => savePicture(map, `${model.system.name}-map`, "svg")), item("Picture of the map (PNG)", () => savePicture(map, `${model.system.name}-map`, "png")),
    model.plan && item("Plan (YAML)", () => downloadPlan()), model.plan && item("Plan (JSON)", () => download("decompose.json", `${JSON.stringify(currentPlan(store), null, 2)}\n`, "application/json")),
    model.plan && item("Copy the plan", () => navigator.clipboard?.writeText(toYaml(currentPlan(store))).then(() => say("Copied"), () => say("The browser does not allow it")))));
  const theme = h("button.icon", { title: "Light or dark", "aria-label": "Switch between light and dark", onclick: () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark", true) }, "◐");
  const bar = h("header.top", null, h("h1", null, h("span.brand", null, "decompose"), h("span.system", null, model.system.name)), tabs, h("span.grow"),
    h("button.search", { onclick: () => askSearch(store, reveal), title: "Find a part or a unit (/)" }, h("span", null, "Find"), h("kbd", null, "/")), groupBy,
    model.plan && h("span.edits", { role: "group", "aria-label": "Changes" }, undoButton, redoButton, remote && again, saveButton), more, theme, h("button.icon", { title: "Keys (?)", "aria-label": "Help", onclick: () => showHelp(store) }, "?"));
  const chips = h("div.chips", { role: "group", "aria-label": "What is left out" });
  const legend = makeLegend();
  put(/** @type {HTMLElement} */ (document.getElementById("app")), h("a.skip", { href: "#stage", onclick: (/** @type {Event} */ e) => { e.preventDefault(); stage.focus(); } }, "Skip to the view"), bar, h("div.body", null, stage, panel.element));

  /** @param {string} text @param {() => void} act */
  function item(text, act) { return h("button", { onclick: () => { more.removeAttribute("open"); act(); } }, text); }

  function makeLegend() {
    const kinds = model.kinds.map((/** @type {any} */ k) => {
      const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", onchange: () => { if (box.checked) store.off.delete(k.id); else store.off.add(k.id); store.changed(); } }));
      box.checked = !store.off.has(k.id);
      return h("label", null, box, h("span.kind", { class: `k-${k.id}` }), k.label);
    });
    const aside = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", onchange: () => { store.showAside = aside.checked; store.changed(); } }));
    const used = [...new Set(model.units.map((u) => u.role))].sort((a, b) => a - b);
    return h("footer.legend", { "aria-label": "Legend" }, h("div.kinds", null, kinds, h("label", null, aside, "copied and undeployed code"), h("span.muted", null, "Arrows: calls point at what is called, data flows to its reader. Thicker: more places. Gaps: only possible.")),
      h("div.roles", null, used.map((r) => h("span", null, h("span.dot", { class: `b${r}` }), model.roles[r].label))));
  }

  /** @param {string} id */
  function show(id) {
    if (!views[id]) return;
    store.view = id;
    store.changed();
  }

  /** Open what hides a thing, select it, show it in the map. @param {string} key */
  function reveal(key) {
    if (key.startsWith("u:")) {
      const [unit] = unitsOf(store, key);
      if (unit === undefined) return;
      if (store.focus && !store.focus.units.has(unit)) store.focus = null;
      store.hidden = store.hidden.filter((glob) => !pattern(glob)(model.units[unit].symbol));
      uncover(store, unit);
    }
    store.view = "map"; store.selected = key;
    store.changed();
    map.fit();
    map.show(key);
    map.focusKey(key);
  }

  /** @param {number[]} units @param {string} label */
  function focusOn(units, label) {
    const same = store.focus && store.focus.label === label;
    store.focus = { units: new Set(units), label, depth: same ? /** @type {any} */ (store.focus).depth + 1 : 1 };
    for (const u of units) store.open.add(`g:${store.groups[store.of[u]].name}`);
    map.refit();
    store.changed();
    say(`Focus on ${label}, ${plural(store.focus.depth, "step")} around`);
  }

  function drawChips() {
    const chip = (/** @type {string} */ text, /** @type {() => void} */ off) => h("button.chip", { onclick: () => { off(); map.refit(); store.changed(); }, title: "Take away" }, text, h("span", { "aria-hidden": "true" }, " ×"));
    put(chips, store.focus && chip(`focus: ${store.focus.label}, ${plural(store.focus.depth, "step")}`, () => { store.focus = null; }), store.hidden.map((glob, n) => chip(`hidden: ${glob}`, () => store.hidden.splice(n, 1))), store.picked.size > 0 && chip(plural(store.picked.size, "unit") + " picked", () => store.picked.clear()));
  }

  let drawn = "";
  function draw() {
    if (drawn !== store.view) {
      put(stage, views[store.view].made.element, store.view === "map" && legend, store.view !== "assets" && store.view !== "findings" && chips);
      drawn = store.view;
    }
    for (const tab of tabs.children) {
      const id = /** @type {HTMLElement} */ (tab).dataset.view ?? "", on = id === store.view;
      tab.setAttribute("aria-selected", String(on)); tab.setAttribute("tabindex", on ? "0" : "-1");
      const n = views[id].count?.() ?? 0, badge = tab.querySelector(".badge");
      if (badge) { badge.textContent = n ? n.toLocaleString("en") : ""; badge.classList.toggle("none", !n); }
    }
    groupBy.value = String(store.by);
    drawChips();
    views[store.view].made.draw();
    panel.draw();
    undoButton.toggleAttribute("disabled", !store.done.length && !store.before); redoButton.toggleAttribute("disabled", !store.undone.length);
    saveButton.classList.toggle("dirty", store.isDirty);
    session.keep();
    writeAddress();
  }
  // A new selection changes no box: only marks, the panel and the address.
  function quiet() { if (store.view === "map") map.mark(); panel.draw(); drawChips(); writeAddress(); }

  // Deep links
  function writeAddress() {
    const to = new URLSearchParams({ view: store.view, by: store.grouping.by });
    if (store.open.size) to.set("open", [...store.open].join(","));
    if (store.selected) to.set("sel", store.selected);
    if (store.hidden.length) to.set("hide", store.hidden.join(","));
    try { history.replaceState(session.remembered(), "", `#${to}`); } catch { /* some browsers forbid it for files; the page works without */ }
  }
  function readAddress() {
    const from = new URLSearchParams(location.hash.slice(1));
    const by = model.groupings.findIndex((/** @type {any} */ g) => g.by === from.get("by"));
    if (by > 0) store.group(by);
    store.open = new Set((from.get("open") ?? "").split(",").filter(Boolean));
    store.hidden = (from.get("hide") ?? "").split(",").filter(Boolean);
    store.selected = from.get("sel") ?? "";
    if (views[from.get("view") ?? ""]) store.view = /** @type {string} */ (from.get("view"));
  }

  window.onbeforeunload = () => (session.isAtRisk() ? "" : undefined);

  // Keys
  document.onkeydown = (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || document.querySelector("dialog[open]")) return;
    const key = store.selected.includes(">") ? "" : store.selected;
    const units = store.picked.size ? [...store.picked] : unitsOf(store, key || "u:");
    const group = key.startsWith("g:") ? store.groups.findIndex((g) => !g.gone && `g:${g.name}` === key) : -1;
    const control = event.ctrlKey || event.metaKey;
    const acts = /** @type {Record<string, () => void>} */ (control
      ? { z: () => (event.shiftKey ? redo(store) : undo(store)), Z: () => redo(store), y: () => redo(store), s: () => model.plan && save() }
      : { "/": () => askSearch(store, reveal), "?": () => showHelp(store), u: () => undo(store), m: () => askMove(store, units), n: () => store.canEdit && units.length && askNew(store, units),
        l: () => store.canEdit && toggleLock(store, units, group >= 0), r: () => store.canEdit && group >= 0 && askRename(store, group), s: () => store.canEdit && group >= 0 && askSplit(store, group), f: () => units.length && focusOn(units, nameOf(store, key || "g:selection")),
        h: () => key && actions.hide(nameOf(store, key)), e: () => panel.element.focus(), "+": () => map.zoom(1.3), "=": () => map.zoom(1.3), "-": () => map.zoom(1 / 1.3), 0: () => map.fit(),
        Escape: () => { store.focus = null; store.hidden = []; store.picked.clear(); store.selected = ""; map.refit(); store.changed(); },
        ...Object.fromEntries(Object.keys(views).map((id, n) => [String(n + 1), () => show(id)])) });
    const act = event.altKey ? null : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  readAddress();
  const offered = model.plan && !isUnsaved;
  store.watch(draw);
  draw();
  if (offered) session.offer((bar) => stage.parentElement?.before(bar));
  // For tests and for the curious: the same objects that the page works with.
  Object.assign(window, { decompose: { store, map, currentPlan: () => currentPlan(store), toYaml, edit, applyChanges, cutsOf } });
  return store;
}

/** @param {string} name @param {boolean} [isChosen] */
function setTheme(name, isChosen) {
  document.documentElement.dataset.theme = name;
  try { if (isChosen) localStorage.setItem("decompose theme", name); } catch { /* not kept then */ }
  window.dispatchEvent(new Event("resize"));
  /** @type {any} */ (window).decompose?.store.changed();
}

/** Colours of roles and kinds, as rules: the policy forbids styles written into elements. @param {any} raw */
function paint(raw) {
  const sheet = new CSSStyleSheet();
  const rules = [];
  for (const [theme, at] of /** @type {const} */ ([["light", 2], ["dark", 3]])) {
    const on = `[data-theme="${theme}"]`;
    raw.roles.forEach((/** @type {any[]} */ r, /** @type {number} */ n) => rules.push(`${on} .r${n}{fill:${r[at]}}`, `${on} .b${n}{background:${r[at]}}`));
    for (const k of raw.kinds) rules.push(`${on} .k-${k[0]}{--edge:${k[at]}}`, `${on} .a-${k[0]}{fill:${k[at]}}`);
  }
  for (const k of raw.kinds) if (k[4]) rules.push(`.edge.k-${k[0]} .stroke{stroke-dasharray:${k[4]}}`);
  sheet.replaceSync(rules.join(""));
  document.adoptedStyleSheets = [sheet];
}

async function boot() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem("decompose theme"); } catch { /* none kept */ }
  setTheme(chosen ?? (dark.matches ? "dark" : "light"));
  if (!chosen) dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));
  let raw = JSON.parse(document.getElementById("content")?.textContent ?? "{}");
  let remote = null;
  if (raw.remote) {
    remote = await connect();
    const answer = await remote.get("/data");
    if (!answer.ok) throw new Error("This address has been used. Start `decompose review` again, or open the address that it prints");
    remote.etag = answer.headers.get("ETag") ?? "";
    raw = await answer.json();
  }
  paint(raw);
  start(raw, remote);
}

boot().catch((error) => { put(/** @type {HTMLElement} */ (document.getElementById("app")), h("p.boot", { role: "alert" }, String(error.message ?? error))); throw error; });
