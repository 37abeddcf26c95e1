// The map: boxes in boxes, one line for each pair that is joined. Only what is to be seen is drawn.
import { h, s, put, plural, say } from "./dom.js";
import { arrange, enclosing, flatten, leaves, MOST_BOXES } from "./layout.js";
import { gather, bundleWords } from "./bundles.js";
import { makeCards, markers } from "./cards.js";
import { carry } from "./carry.js";
import { route } from "./route.js";
import { isDeployed, nameOf, unitsOf } from "./store.js";

/** @typedef {import("./store.js").Store} Store @typedef {import("./layout.js").Box} Box */

/** How far the picture is drawn beyond each edge of the view, in pixels: so far it can be moved without being drawn again. */
const SLACK = 160;
/** Scale below which names cannot be read. */
const READABLE = 0.6;

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
  const card = makeCards(store, (b) => b.key === (shown.some((o) => o.key === store.selected) ? store.selected : shown[0]?.key));
  let /** @type {Box[]} */ shown = [];
  let /** @type {Map<string, Set<string>>} */ around = new Map();
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
    around = enclosing(placed.boxes);
    const ends = leaves(placed.boxes).filter((b) => store.showAside || isDeployed(store.groups[b.group]));
    const gathered = gather(store, ends);
    bundles = gathered.bundles;
    const paths = route(ends, bundles, placed.boxes.filter((b) => !b.aside));
    put(scene,
      placed.boxes.some((b) => b.aside) && s("text.shelf-title", { x: 0, y: placed.asideTop - 16 }, store.grouping.by === "service" ? "Copied into each service, or not deployed" : "Not deployed"),
      shown.filter((b) => b.open).map(card),
      s("g.lines", null, bundles.map((b, n) => line(b, paths[n]))),
      shown.filter((b) => !b.open).map(card));
    svg.classList.toggle("dense", bundles.length > 160);
    note.hidden = !gathered.dropped;
    note.textContent = `${plural(gathered.dropped, "lighter line")} not drawn; the Table lists all`;
    mark();
    if (!camera.fitted && element.clientWidth) { fit(); show(store.selected.includes(">") ? "" : store.selected || ([...store.open].at(-1) ?? "")); }
    if (had) focusKey(had);
  }


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
      if (hot) for (const end of [a, b]) { near.add(end); for (const outer of around.get(end) ?? []) near.add(outer); }
    }
    svg.classList.toggle("dimmed", !!about && near.size > 0);
    for (const el of scene.querySelectorAll(".node")) {
      const key = /** @type {string} */ (el.getAttribute("data-key"));
      el.classList.toggle("near", near.has(key));
      el.classList.toggle("selected", key === store.selected);
    }
  }
  /** Whether a box is, or lies in, the one that a key names. @param {string} inner @param {string} about */
  const touches = (inner, about) => inner === about || !!around.get(inner)?.has(about);

  // Camera
  const drawn = { x: 0, y: 0 };
  function apply() {
    scene.setAttribute("transform", `translate(${camera.x + SLACK} ${camera.y + SLACK}) scale(${camera.k})`);
    svg.style.transform = "";
    drawn.x = camera.x; drawn.y = camera.y;
  }
  /** Move the picture. As long as it stays within what is drawn beyond the edges, nothing is drawn again. @param {number} x @param {number} y */
  function pan(x, y) {
    camera.x = x; camera.y = y;
    const dx = x - drawn.x, dy = y - drawn.y;
    if (Math.abs(dx) > SLACK || Math.abs(dy) > SLACK) apply(); else svg.style.transform = `translate(${dx}px, ${dy}px)`;
  }
  function fit() {
    const { clientWidth: w, clientHeight: hgt } = element;
    camera.k = Math.min(1.2, Math.max(0.08, Math.min((w - 72) / placed.width, (hgt - 84) / placed.height)));
    camera.x = (w - placed.width * camera.k) / 2;
    camera.y = Math.max(44, (hgt - placed.height * camera.k) / 2);
    camera.fitted = true;
    apply();
  }
  /** Bring a box into sight: move as little as possible, and zoom only when it is too large or cannot be read. @param {string} key */
  function show(key) {
    const box = shown.find((b) => b.key === key);
    if (!box) return;
    const { clientWidth: w, clientHeight: hgt } = element;
    const least = Math.min(READABLE, camera.k), most = Math.max(READABLE, camera.k);
    const k = Math.min(most, Math.max(least, Math.min((w - 72) / box.w, (hgt - 84) / box.h)));
    if (k !== camera.k) zoom(k / camera.k);
    const into = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ low, /** @type {number} */ high) => (at < low || size > high - low ? low - at : at + size > high ? high - at - size : 0);
    camera.x += into(camera.x + box.x * camera.k, box.w * camera.k, 36, w - 36);
    camera.y += into(camera.y + box.y * camera.k, box.h * camera.k, 44, hgt - 40);
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
    const box = element.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });

  let before = { key: "", time: 0 };
  // Pointer: drag the ground to pan, a box to move it, click to select.
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const target = /** @type {Element} */ (event.target);
    const key = target.closest(".node")?.getAttribute("data-key") ?? "";
    const edge = target.closest(".edge")?.getAttribute("data-edge") ?? "";
    const canMove = store.canEdit && /^[mpu]:/.test(key) && !target.closest(".node.open");
    const start = { x: event.clientX, y: event.clientY, cx: camera.x, cy: camera.y };
    let moved = false;
    let /** @type {ReturnType<typeof carry> | null} */ load = null;
    svg.setPointerCapture(event.pointerId);
    const onMove = (/** @type {PointerEvent} */ e) => {
      const dx = e.clientX - start.x, dy = e.clientY - start.y;
      if (!moved && Math.hypot(dx, dy) < 5) return;
      moved = true;
      if (canMove) { load ??= carry(store, key, svg, groupOf, actions.askNew); load.to(e.clientX, e.clientY); return; }
      svg.classList.add("panning");
      pan(start.cx + dx, start.cy + dy);
    };
    const onUp = (/** @type {PointerEvent} */ e) => {
      svg.removeEventListener("pointermove", onMove); svg.removeEventListener("pointerup", onUp); svg.removeEventListener("pointercancel", onUp);
      svg.classList.remove("panning");
      if (load) return load.drop(e.type === "pointerup");
      if (moved) return apply();
      if (e.shiftKey && key.startsWith("u:")) return pick(unitsOf(store, key)[0]);
      if (key) { store.picked.clear(); focusKey(key); }
      actions.select(edge || key);
      // The captured pointer hides double clicks from the boxes, so two quick ones are told apart here.
      if (key && before.key === key && e.timeStamp - before.time < 400) { before = { key: "", time: 0 }; toggle(key); } else before = { key, time: e.timeStamp };
    };
    svg.addEventListener("pointermove", onMove); svg.addEventListener("pointerup", onUp); svg.addEventListener("pointercancel", onUp);
  });
  /** @param {string} key */
  const groupOf = (key) => shown.find((b) => b.key === key)?.group ?? -1;

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
    show(key);
    say(`${store.open.has(key) ? "Opened" : "Closed"} ${nameOf(store, key)}`);
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
    const [a, b] = bundle.key.split(">").map((k) => nameOf(store, k));
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

  return { element, draw, fit, show, zoom, pan, mark, focusKey, svg, scene, size: () => placed, refit: () => { camera.fitted = false; } };
}
