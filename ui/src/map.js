// The map: boxes in boxes, one line for each pair that is joined. Only what is to be seen is drawn.
import { h, s, put, short, percent, plural, say } from "./dom.js";
import { arrange, flatten, leaves, MOST_BOXES } from "./layout.js";
import { gather, bundleWords } from "./bundles.js";
import { isLocked, ghost, ghostWords, moveUnits } from "./edit.js";
import { unitsOf } from "./store.js";

/** @typedef {import("./store.js").Store} Store @typedef {import("./layout.js").Box} Box */

/**
 * Make the map.
 * @param {Store} store @param {{select: (key: string) => void, askNew: (units: number[]) => void}} actions
 */
export function makeMap(store, actions) {
  const scene = s("g");
  const svg = /** @type {SVGSVGElement} */ (s("svg.scene", { role: "tree", "aria-label": "Map of the system", "aria-multiselectable": "true" }, markers(store), scene));
  const tip = h("div.tip", { hidden: true, "aria-hidden": "true" });
  const note = h("p.scene-note", { hidden: true });
  const element = h("div.map", null, svg, tip, note, zoomButtons());
  const camera = { x: 0, y: 0, k: 1, fitted: false };
  let /** @type {Box[]} */ shown = [];
  let /** @type {ReturnType<typeof arrange>} */ placed = { boxes: [], width: 1, height: 1, asideTop: 0 };
  let /** @type {import("./bundles.js").Bundle[]} */ bundles = [];

  function draw() {
    const had = /** @type {HTMLElement | null} */ (document.activeElement)?.closest?.("[data-key]")?.getAttribute("data-key");
    placed = arrange(store);
    shown = flatten(placed.boxes);
    while (shown.length > MOST_BOXES && store.open.size > 1) {
      const oldest = /** @type {string} */ (store.open.values().next().value);
      store.open.delete(oldest);
      say(`Closed ${oldest.slice(2)}: at most ${MOST_BOXES} boxes can be read at once`);
      placed = arrange(store); shown = flatten(placed.boxes);
    }
    const ends = leaves(placed.boxes).filter((b) => store.showAside || !isAside(b));
    const gathered = gather(store, ends);
    bundles = gathered.bundles;
    const ports = route(ends, bundles);
    put(scene,
      placed.boxes.some((b) => b.aside) && s("text.shelf-title", { x: 0, y: placed.asideTop - 16 }, "Copied into each service, or not deployed"),
      shown.filter((b) => b.open).map((b) => frame(b)),
      s("g.lines", null, bundles.map((b, n) => line(b, ports[n]))),
      shown.filter((b) => !b.open).map((b) => (b.type === "group" ? card(b) : b.type === "module" ? moduleCard(b) : unitChip(b))));
    svg.classList.toggle("dense", bundles.length > 160);
    note.hidden = !gathered.dropped;
    note.textContent = `${plural(gathered.dropped, "lighter line")} not drawn; the Table lists all`;
    mark();
    if (!camera.fitted && element.clientWidth) fit();
    if (had) focusKey(had);
  }

  /** @param {Box} b */
  const isAside = (b) => ["library", "offline", "dead"].includes(store.groups[b.group].kind);
  /** @param {number} role */
  const roleVar = (role) => `var(--role-${role})`;

  /** @param {Box} b @param {...any} inner */
  function node(b, ...inner) {
    const roving = b.key === (store.selected && shown.some((o) => o.key === store.selected) ? store.selected : shown[0]?.key);
    const g = s("g.node", {
      class: `${b.type}${b.open ? " open" : ""}${b.aside ? " aside" : ""}`, "data-key": b.key, transform: `translate(${b.x} ${b.y})`, role: "treeitem",
      tabindex: roving ? 0 : -1, "aria-level": b.depth + 1, "aria-expanded": b.type === "unit" ? null : b.open, "aria-label": spoken(b, inner),
      "aria-selected": store.selected === b.key || (b.type === "unit" && store.picked.has(b.units[0])),
    }, inner.flat(2).map((el) => { if (el instanceof Element && !el.classList.contains("body")) el.setAttribute("aria-hidden", "true"); return el; }));
    return g;
  }

  /** What a screen reader says: what is written on the box, and what it is. @param {Box} b @param {any[]} inner */
  function spoken(b, inner) {
    const written = inner.flat(2).filter((el) => el instanceof SVGElement && el.tagName === "text").map((el) => el.firstChild?.textContent ?? "").join(" ");
    const role = b.type === "unit" ? store.model.roles[store.model.units[b.units[0]].role].label : b.type;
    return `${written}, ${role}${written.includes("…") ? `, ${b.name}` : ""}`;
  }

  /** @param {Box} b */
  function card(b) {
    const group = store.groups[b.group], figures = store.figures.groups[b.group];
    if (b.aside) {
      return node(b, s("rect.body", { width: b.w, height: b.h, rx: 10 }), s("text.name", { x: 14, y: 24 }, short(b.name, 22)),
        s("text.sub", { x: 14, y: 43 }, `${store.model.groupKinds[group.kind]} · ${plural(store.model.loud(b.units).length, "unit")}`));
    }
    const kind = store.model.groupKinds[group.kind] ?? group.kind;
    const modules = new Set(b.units.map((u) => store.model.units[u].module)).size;
    const warn = figures.inCycle ? "in a circle" : "";
    return node(b,
      s("rect.body", { width: b.w, height: b.h, rx: 12 }),
      s("text.name", { x: 16, y: 28 }, short(b.name, 22), s("title", null, b.name)),
      group.locked.includes("*") && lockMark(b.w - 30, 16),
      s("text.sub", { x: 16, y: 47 }, `${kind === "package" || kind === "role" ? plural(modules, "module") : kind} · ${plural(store.model.loud(b.units).length, "unit")}`),
      s("text.label", { x: 16, y: 71 }, "cohesion"),
      s("text.label", { x: b.w - 16, y: 71, "text-anchor": "end" }, percent(figures.cohesion)),
      s("rect.bar-back", { x: 16, y: 78, width: b.w - 32, height: 5, rx: 2.5 }),
      !Number.isNaN(figures.cohesion) && s("rect.bar", { x: 16, y: 78, width: Math.max(3, (b.w - 32) * figures.cohesion), height: 5, rx: 2.5 }),
      roleStrip(b, 16, 106, b.w - 32),
      s("text.label", { x: 16, y: 100 }, `in ${Math.round(figures.incoming)} · out ${Math.round(figures.outgoing)}`),
      warn && s("text.label.warn", { x: b.w - 16, y: 100, "text-anchor": "end" }, `↻ ${warn}`));
  }

  /** Shares of the roles, as a strip. @param {Box} b @param {number} x @param {number} y @param {number} w */
  function roleStrip(b, x, y, w) {
    const counts = new Map();
    for (const u of store.model.loud(b.units)) { const r = store.model.units[u].role; counts.set(r, (counts.get(r) ?? 0) + 1); }
    const sorted = [...counts].sort((p, q) => p[0] - q[0]);
    let at = x;
    return s("g", null, sorted.map(([role, n]) => {
      const wide = (w * n) / Math.max(1, store.model.loud(b.units).length);
      const rect = s("rect", { x: at, y, width: Math.max(1, wide - 1), height: 5, rx: 1.5, class: `r${role}` }, s("title", null, `${store.model.roles[role].label}: ${n}`));
      at += wide;
      return rect;
    }));
  }

  /** @param {Box} b */
  function frame(b) {
    const group = store.groups[b.group];
    if (b.type === "group") {
      const figures = store.figures.groups[b.group];
      const sub = `${store.model.groupKinds[group.kind]} · ${plural(store.model.loud(b.units).length, "unit")} · cohesion ${percent(figures.cohesion)}`;
      return node(b, s("rect.body", { width: b.w, height: b.h, rx: 14 }), s("text.name", { x: 16, y: 26 }, short(b.name, Math.floor(b.w / 10))),
        s("text.sub", { x: 16, y: 43 }, short(sub, Math.floor(b.w / 6.4))), group.locked.includes("*") && lockMark(b.w - 28, 14));
    }
    return node(b, s("rect.body", { width: b.w, height: b.h, rx: 10 }), s("text.module-name", { x: 14, y: 24 }, short(local(b), Math.floor(b.w / 7.6)), s("title", null, b.name)));
  }

  /** @param {Box} b */
  function moduleCard(b) {
    return node(b, s("rect.body", { width: b.w, height: b.h, rx: 8 }), roleTab(b), s("text.module-name", { x: 16, y: 20 }, short(local(b), 22), s("title", null, b.name)),
      s("text.sub", { x: 16, y: 36 }, plural(store.model.loud(b.units).length, "unit")));
  }

  /** @param {Box} b */
  function unitChip(b) {
    const unit = store.model.units[b.units[0]];
    return node(b, s("rect.body", { width: b.w, height: b.h, rx: 6, class: store.picked.has(unit.id) ? "picked" : "" }), roleTab(b),
      s("text.unit-name", { x: 14, y: 18.5 }, short(unit.name, isLocked(store, unit.id) ? 22 : 25), s("title", null, `${unit.symbol}\n${store.model.roles[unit.role].label}`)),
      unit.kind === "class" && s("text.tag", { x: b.w - 8, y: 18, "text-anchor": "end" }, "C"), unit.entry && s("text.tag", { x: b.w - 8, y: 18, "text-anchor": "end" }, "▸"),
      isLocked(store, unit.id) && lockMark(b.w - 26, 7));
  }

  /** @param {Box} b */
  function roleTab(b) {
    const counts = new Map();
    for (const u of store.model.loud(b.units)) { const r = store.model.units[u].role; counts.set(r, (counts.get(r) ?? 0) + 1); }
    const [role] = [...counts].sort((p, q) => q[1] - p[1] || p[0] - q[0])[0] ?? [0];
    return s("rect", { x: 0, y: 5, width: 4, height: b.h - 10, rx: 2, class: `r${role}` });
  }

  /** Name without what all modules of the system share. @param {Box} b */
  const local = (b) => b.name.startsWith(prefix(store)) ? b.name.slice(prefix(store).length) : b.name;

  /** @param {number} x @param {number} y */
  const lockMark = (x, y) => s("path.lock", { d: `M${x} ${y + 6}h12v8h-12zM${x + 3} ${y + 6}v-2.5a3 3 0 0 1 6 0v2.5`, "aria-hidden": "true" });

  /** @param {import("./bundles.js").Bundle} b @param {string} d */
  function line(b, d) {
    const width = Math.min(6, 1.2 + 0.5 * Math.log2(1 + b.weight / 2));
    const only = b.possible === b.count;
    return s("g.edge", { class: `k-${b.kind}${only ? " possible" : ""}`, "data-edge": b.key },
      s("path.hit", { d }), s("path.stroke", { d, "stroke-width": width.toFixed(2), "marker-end": `url(#arrow-${b.kind})` }));
  }

  // Selection and hover only change classes, never the scene.
  function mark(hover = "") {
    const about = hover || store.selected;
    const near = new Set();
    for (const el of scene.querySelectorAll(".edge")) {
      const key = /** @type {string} */ (el.getAttribute("data-edge"));
      const [a, b] = key.split(">");
      const hot = !!about && (key === about || touches(a, about) || touches(b, about));
      el.classList.toggle("hot", hot);
      if (hot) { near.add(a); near.add(b); }
    }
    svg.classList.toggle("dimmed", !!about && near.size > 0);
    for (const el of scene.querySelectorAll(".node")) {
      const key = /** @type {string} */ (el.getAttribute("data-key"));
      el.classList.toggle("near", near.has(key) || [...near].some((k) => isWithin(k, key)));
      el.classList.toggle("selected", key === store.selected);
    }
  }
  /** Whether a box is, or lies in, the one that a key names. @param {string} inner @param {string} about */
  const touches = (inner, about) => inner === about || isWithin(inner, about);
  /** @param {string} inner @param {string} outer */
  const isWithin = (inner, outer) => {
    const box = shown.find((b) => b.key === inner), around = shown.find((b) => b.key === outer);
    return !!box && !!around && around.open && box.group === around.group && around.units.includes(box.units[0]) && inner !== outer;
  };

  // Camera
  function apply() { scene.setAttribute("transform", `translate(${camera.x} ${camera.y}) scale(${camera.k})`); }
  function fit() {
    const { clientWidth: w, clientHeight: hgt } = element;
    camera.k = Math.min(1.2, Math.max(0.08, Math.min((w - 72) / placed.width, (hgt - 84) / placed.height)));
    camera.x = (w - placed.width * camera.k) / 2;
    camera.y = Math.max(44, (hgt - placed.height * camera.k) / 2);
    camera.fitted = true;
    apply();
  }
  /** @param {number} factor @param {number} [px] @param {number} [py] */
  function zoom(factor, px = element.clientWidth / 2, py = element.clientHeight / 2) {
    const k = Math.min(3, Math.max(0.06, camera.k * factor));
    camera.x = px - ((px - camera.x) * k) / camera.k; camera.y = py - ((py - camera.y) * k) / camera.k; camera.k = k;
    apply();
  }
  function zoomButtons() {
    return h("div.zoom", { role: "group", "aria-label": "Zoom" }, h("button", { title: "Zoom in (+)", "aria-label": "Zoom in", onclick: () => zoom(1.3) }, "+"),
      h("button", { title: "Zoom out (-)", "aria-label": "Zoom out", onclick: () => zoom(1 / 1.3) }, "−"), h("button", { title: "Fit (0)", "aria-label": "Fit into the window", onclick: fit }, "⤢"));
  }
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });

  let before = { key: "", time: 0 };
  // Pointer: drag the ground to pan, a box to move it, click to select.
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const target = /** @type {Element} */ (event.target);
    const key = target.closest(".node")?.getAttribute("data-key") ?? "";
    const edge = target.closest(".edge")?.getAttribute("data-edge") ?? "";
    const canMove = store.canEdit && /^[mu]:/.test(key) && !target.closest(".node.open");
    const start = { x: event.clientX, y: event.clientY, cx: camera.x, cy: camera.y };
    let moved = false;
    let /** @type {ReturnType<typeof carry> | null} */ load = null;
    svg.setPointerCapture(event.pointerId);
    const onMove = (/** @type {PointerEvent} */ e) => {
      const dx = e.clientX - start.x, dy = e.clientY - start.y;
      if (!moved && Math.hypot(dx, dy) < 5) return;
      moved = true;
      if (canMove) { load ??= carry(key); load.to(e.clientX, e.clientY); return; }
      camera.x = start.cx + dx; camera.y = start.cy + dy; svg.classList.add("panning");
      apply();
    };
    const onUp = (/** @type {PointerEvent} */ e) => {
      svg.removeEventListener("pointermove", onMove); svg.removeEventListener("pointerup", onUp); svg.removeEventListener("pointercancel", onUp);
      svg.classList.remove("panning");
      if (load) return load.drop(e.type === "pointerup");
      if (moved) return;
      if (e.shiftKey && key.startsWith("u:")) return pick(unitsOf(store, key)[0]);
      if (key) { store.picked.clear(); focusKey(key); }
      actions.select(edge || key);
      // The captured pointer hides double clicks from the boxes, so two quick ones are told apart here.
      if (key && before.key === key && e.timeStamp - before.time < 400) { before = { key: "", time: 0 }; toggle(key); } else before = { key, time: e.timeStamp };
    };
    svg.addEventListener("pointermove", onMove); svg.addEventListener("pointerup", onUp); svg.addEventListener("pointercancel", onUp);
  });
  /** Carry a box, or all picked units with it. @param {string} key */
  function carry(key) {
    const own = unitsOf(store, key);
    const units = own.some((u) => store.picked.has(u)) ? [...store.picked] : own;
    const label = h("div.carry", null, h("b", null, units.length === 1 ? store.model.units[units[0]].name : plural(units.length, "unit")), h("span", null, ""));
    document.body.append(label);
    let over = -1, isGround = false;
    return {
      /** @param {number} x @param {number} y */
      to(x, y) {
        label.style.transform = `translate(${x + 14}px, ${y + 14}px)`;
        const under = document.elementsFromPoint(x, y);
        const hit = under.map((el) => el.closest?.(".node")).find(Boolean)?.getAttribute("data-key") ?? "";
        const group = hit ? shown.find((b) => b.key === hit)?.group ?? -1 : -1;
        isGround = group < 0 && under.includes(svg);
        if (group !== over) {
          over = group;
          for (const el of scene.querySelectorAll(".drop")) el.classList.remove("drop");
          if (over >= 0) scene.querySelector(`[data-key="${CSS.escape(`g:${store.groups[over].name}`)}"]`)?.classList.add("drop");
        }
        put(/** @type {Element} */ (label.lastChild), over >= 0 ? `to ${store.groups[over].name}: ${ghostWords(ghost(store, units, over))}` : isGround ? "to a new service" : "");
      },
      /** @param {boolean} isReal */
      drop(isReal) {
        label.remove();
        for (const el of scene.querySelectorAll(".drop")) el.classList.remove("drop");
        if (!isReal) return;
        if (over >= 0) moveUnits(store, units, over);
        else if (isGround) actions.askNew(units);
      },
    };
  }

  /** @param {number} unit */
  function pick(unit) {
    if (!store.picked.delete(unit)) store.picked.add(unit);
    say(`${plural(store.picked.size, "unit")} picked`);
    store.changed();
  }

  /** @param {string} key */
  function toggle(key) {
    if (key.startsWith("u:")) return;
    if (!store.open.delete(key)) store.open.add(key);
    store.changed();
    say(`${store.open.has(key) ? "Opened" : "Closed"} ${key.slice(2)}`);
  }

  /** @param {string} key */
  function focusKey(key) {
    const el = /** @type {SVGElement | null} */ (scene.querySelector(`[data-key="${CSS.escape(key)}"]`));
    if (!el) return;
    for (const other of scene.querySelectorAll('[tabindex="0"]')) other.setAttribute("tabindex", "-1");
    el.setAttribute("tabindex", "0");
    el.focus({ preventScroll: true });
  }

  svg.addEventListener("pointerover", (event) => {
    const target = /** @type {Element} */ (event.target);
    const edge = target.closest(".edge")?.getAttribute("data-edge");
    const key = target.closest(".node")?.getAttribute("data-key");
    mark(edge ?? key ?? "");
    const bundle = edge && bundles.find((b) => b.key === edge);
    tip.hidden = !bundle;
    if (!bundle) return;
    const [a, b] = bundle.key.split(">").map((k) => k.replace(/^.:([^/]*\/)?/, ""));
    put(tip, h("b", null, `${a} needs ${b}`), h("span", null, bundleWords(store, bundle)));
    const box = element.getBoundingClientRect();
    tip.style.transform = `translate(${Math.min(event.clientX - box.left + 14, box.width - 300)}px, ${event.clientY - box.top + 16}px)`;
  });
  svg.addEventListener("pointerleave", () => { tip.hidden = true; mark(); });

  svg.addEventListener("keydown", (event) => {
    const key = /** @type {Element} */ (event.target).closest?.("[data-key]")?.getAttribute("data-key");
    const at = shown.findIndex((b) => b.key === key);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = shown[at];
    const go = (/** @type {Box | undefined} */ b) => { if (b) { focusKey(b.key); actions.select(b.key); } };
    const parent = () => shown.slice(0, at).reverse().find((b) => b.depth < box.depth);
    const acts = /** @type {Record<string, () => void>} */ ({
      ArrowDown: () => go(shown[at + 1]), ArrowUp: () => go(shown[at - 1]), Home: () => go(shown[0]), End: () => go(shown.at(-1)),
      ArrowRight: () => (box.open ? go(shown[at + 1]) : toggle(box.key)), ArrowLeft: () => (box.open ? toggle(box.key) : go(parent())),
      Enter: () => { actions.select(box.key); toggle(box.key); }, " ": () => { if (box.type === "unit") pick(box.units[0]); else actions.select(box.key); },
    });
    if (!acts[event.key]) return;
    event.preventDefault(); event.stopPropagation();
    acts[event.key]();
  });
  new ResizeObserver(() => { if (!camera.fitted) fit(); }).observe(element);

  return { element, draw, fit, zoom, mark, focusKey, svg, scene, size: () => placed, refit: () => { camera.fitted = false; } };
}

const prefixes = new WeakMap();
/** The first part of the names of most modules: repeating it tells nothing. @param {Store} store @returns {string} */
function prefix(store) {
  if (!prefixes.has(store.model)) {
    const counts = new Map();
    for (const { name } of store.model.modules) { const [head] = name.split("."); if (head !== name) counts.set(head, (counts.get(head) ?? 0) + 1); }
    const [head, n] = [...counts].sort((p, q) => q[1] - p[1])[0] ?? ["", 0];
    prefixes.set(store.model, n >= 0.55 * store.model.modules.length ? `${head}.` : "\0");
  }
  return prefixes.get(store.model);
}

/** @param {Store} store */
const markers = (store) => s("defs", null, store.model.kinds.map((/** @type {any} */ k) => s("marker", {
  id: `arrow-${k.id}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse" },
s("path", { d: "M0 .8 7 4 0 7.2z", class: `a-${k.id}` }))));

/**
 * Give each bundle a curve; ends share a side evenly, ordered by where they go.
 * @param {Box[]} ends @param {import("./bundles.js").Bundle[]} bundles @returns {string[]}
 */
function route(ends, bundles) {
  const /** @type {Map<string, {set: (share: number) => void, at: number, n: number}[]>} */ sides = new Map();
  const plan = bundles.map((b, n) => {
    // Data flows from the writer to the reader; everything else points at what is needed.
    const [from, to] = b.kind === "data" ? [ends[b.b], ends[b.a]] : [ends[b.a], ends[b.b]];
    const [out, into] = facing(from, to);
    const curve = { from, to, out, into, p: [0, 0], q: [0, 0] };
    for (const [box, side, other, point] of /** @type {const} */ ([[from, out, to, curve.p], [to, into, from, curve.q]])) {
      const key = `${box.key}|${side}`, upright = side === "l" || side === "r";
      if (!sides.has(key)) sides.set(key, []);
      const set = (/** @type {number} */ share) => {
        point[0] = side === "l" ? box.x : side === "r" ? box.x + box.w : box.x + box.w * share;
        point[1] = side === "t" ? box.y : side === "b" ? box.y + box.h : box.y + box.h * share;
      };
      sides.get(key)?.push({ set, at: upright ? other.y + other.h / 2 : other.x + other.w / 2, n });
    }
    return curve;
  });
  for (const list of sides.values()) {
    list.sort((p, q) => p.at - q.at || p.n - q.n);
    list.forEach((p, i) => p.set(0.14 + (0.72 * (i + 1)) / (list.length + 1)));
  }
  return plan.map(({ out, into, p: [x1, y1], q: [x2, y2] }) => {
    const far = out === into ? 24 + Math.min(80, Math.abs(y2 - y1) * 0.22) : Math.max(18, (out === "l" || out === "r" ? Math.abs(x2 - x1) : Math.abs(y2 - y1)) * 0.45);
    const [ax, ay] = push(out, far), [bx, by] = push(into, far);
    return `M${x1.toFixed(1)} ${y1.toFixed(1)}C${(x1 + ax).toFixed(1)} ${(y1 + ay).toFixed(1)} ${(x2 + bx).toFixed(1)} ${(y2 + by).toFixed(1)} ${x2.toFixed(1)} ${y2.toFixed(1)}`;
  });
}

/** Sides by which two boxes are joined. @param {Box} from @param {Box} to @returns {[string, string]} */
function facing(from, to) {
  if (to.x >= from.x + from.w - 4) return ["r", "l"];
  if (to.x + to.w <= from.x + 4) return ["l", "r"];
  const gap = to.y - (from.y + from.h), back = from.y - (to.y + to.h);
  if (gap >= 0 && gap < 60) return ["b", "t"];
  return back >= 0 && back < 60 ? ["t", "b"] : ["r", "r"];
}

/** @param {string} side @param {number} far @returns {[number, number]} */
const push = (side, far) => (side === "r" ? [far, 0] : side === "l" ? [-far, 0] : side === "t" ? [0, -far] : [0, far]);
