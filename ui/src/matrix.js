// The dependency structure matrix: the row uses the column; what stands above the diagonal runs against the order.
import { h, put, short } from "./dom.js";
import { arrange, leaves } from "./layout.js";
import { gather, bundleWords } from "./bundles.js";
import { isDeployed } from "./store.js";
import { localName } from "./cards.js";

/** @typedef {import("./store.js").Store} Store */
const MOST_ROWS = 400;

/** @param {Store} store @param {{select: (key: string) => void}} actions */
export function makeMatrix(store, actions) {
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { tabindex: 0, role: "img" }));
  const tip = h("div.tip", { hidden: true });
  const says = h("p.sr", { "aria-live": "polite" });
  const sort = /** @type {HTMLSelectElement} */ (h("select", { "aria-label": "Order of rows", onchange: () => draw() }, h("option", { value: "flow" }, "by dependency"), h("option", { value: "name" }, "by name"), h("option", { value: "weight" }, "by weight")));
  const head = h("div.bar", null, h("p", null, h("b", null, "Row uses column."), " The number is how many places. Marked cells above the diagonal run against the order."), h("label", null, "Order ", sort),
    h("button.small", { onclick: () => openAll() }, "Open all"), h("button.small", { onclick: () => { store.open.clear(); store.changed(); } }, "Close all"));
  const scroller = h("div.scroller", null, canvas, tip);
  const element = h("div.matrix", null, head, scroller, says);
  let /** @type {import("./layout.js").Box[]} */ rows = [];
  let /** @type {Map<string, import("./bundles.js").Bundle>} */ cells = new Map();
  let cell = 26, side = 200, cursor = { r: 0, c: 0 };

  function openAll() {
    for (const g of store.groups) if (!g.gone && isDeployed(g)) store.open.add(`g:${g.name}`);
    store.changed();
  }

  function draw() {
    const placed = arrange(store);
    rows = leaves(placed.boxes).filter((b) => store.showAside || isDeployed(store.groups[b.group]));
    const { bundles } = gather(store, rows);
    order(bundles);
    const left = rows.length > MOST_ROWS ? rows.length - MOST_ROWS : 0;
    rows = rows.slice(0, MOST_ROWS);
    cells = new Map(gather(store, rows).bundles.map((b) => [`${b.a},${b.b}`, b]));
    cell = Math.max(9, Math.min(40, Math.floor((scroller.clientWidth - 280) / Math.max(1, rows.length))));
    side = Math.min(260, 30 + 7 * Math.max(6, ...rows.map((r) => Math.min(32, label(r).length))));
    canvas.setAttribute("aria-label", `Matrix of ${rows.length} rows; arrow keys walk, Enter shows the evidence${left ? `; ${left} more rows are not shown` : ""}`);
    paint();
  }

  /** @param {import("./bundles.js").Bundle[]} bundles */
  function order(bundles) {
    const weight = new Map();
    for (const b of bundles) for (const n of [b.a, b.b]) weight.set(rows[n], (weight.get(rows[n]) ?? 0) + b.weight);
    const slot = (/** @type {any} */ r) => { const g = store.groups[r.group]; return (isDeployed(g) ? 0 : 1e6) + (g.order ?? 9e5); };
    if (sort.value === "name") rows.sort((a, b) => (a.name < b.name ? -1 : 1));
    else if (sort.value === "weight") rows.sort((a, b) => (weight.get(b) ?? 0) - (weight.get(a) ?? 0) || (a.name < b.name ? -1 : 1));
    else rows = rows.map((r, n) => ({ r, n })).sort((a, b) => slot(a.r) - slot(b.r) || a.n - b.n).map(({ r }) => r);
  }

  /** @param {import("./layout.js").Box} r */
  const label = (r) => (r.type === "group" ? r.name : localName(store, r.name).split(".").slice(-2).join("."));

  function paint() {
    const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const style = getComputedStyle(document.documentElement);
    const token = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const n = rows.length, ratio = window.devicePixelRatio || 1, top = Math.min(170, side * 0.75), w = side + n * cell + 150, hgt = top + n * cell + 12;
    canvas.width = w * ratio; canvas.height = hgt * ratio;
    canvas.style.width = `${w}px`; canvas.style.height = `${hgt}px`;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, w, hgt);
    ctx.font = `${Math.min(12.5, cell)}px ${token("--font")}`;
    ctx.textBaseline = "middle";
    const dark = document.documentElement.dataset.theme === "dark";
    for (let r = 0; r < n; r++) {
      const y = top + r * cell;
      ctx.fillStyle = token(r % 2 ? "--page" : "--stripe");
      ctx.fillRect(0, y, side + n * cell, cell);
      ctx.fillStyle = token(r === cursor.r && document.activeElement === canvas ? "--accent" : "--text");
      ctx.textAlign = "right";
      ctx.fillText(short(label(rows[r]), Math.floor((side - 12) / 7)), side - 8, y + cell / 2);
      ctx.save();
      ctx.translate(side + r * cell + cell / 2, top - 8);
      ctx.rotate(-Math.PI / 3.4);
      ctx.textAlign = "left";
      ctx.fillStyle = token("--muted");
      ctx.fillText(short(label(rows[r]), 20), 0, 0);
      ctx.restore();
      ctx.fillStyle = token("--line");
      ctx.fillRect(side + r * cell + 1, y + 1, cell - 2, cell - 2);
    }
    for (const [at, b] of cells) {
      const [r, c] = at.split(",").map(Number);
      const x = side + c * cell, y = top + r * cell, kind = store.model.kinds.find((/** @type {any} */ k) => k.id === b.kind);
      const strong = Math.min(0.75, 0.25 + 0.1 * Math.log2(1 + b.weight));
      ctx.globalAlpha = strong;
      ctx.fillStyle = dark ? kind.dark : kind.light;
      ctx.fillRect(x + 1, y + 1, cell - 2, cell - 2);
      ctx.globalAlpha = 1;
      if (c > r) { ctx.strokeStyle = token("--danger"); ctx.lineWidth = 2; ctx.strokeRect(x + 2, y + 2, cell - 4, cell - 4); }
      if (cell >= 20) { ctx.font = `${Math.min(12.5, cell / 2.2)}px ${token("--font")}`; ctx.fillStyle = token(dark && strong > 0.45 ? "--page" : "--text"); ctx.textAlign = "center"; ctx.fillText(b.count > 999 ? "1k+" : String(b.count), x + cell / 2, y + cell / 2 + 0.5); }
    }
    if (document.activeElement === canvas && n) { ctx.strokeStyle = token("--accent"); ctx.lineWidth = 2.5; ctx.strokeRect(side + cursor.c * cell, top + cursor.r * cell, cell, cell); }
  }

  /** @param {MouseEvent} event */
  function hit(event) {
    const box = canvas.getBoundingClientRect(), top = Math.min(170, side * 0.75);
    const r = Math.floor((event.clientY - box.top - top) / cell), c = Math.floor((event.clientX - box.left - side) / cell);
    return { r, c, bundle: cells.get(`${r},${c}`), isRow: c < 0 && r >= 0 && r < rows.length };
  }
  canvas.addEventListener("click", (event) => {
    const at = hit(event);
    if (at.bundle) { cursor = { r: at.r, c: at.c }; actions.select(at.bundle.key); paint(); } else if (at.isRow) actions.select(rows[at.r].key);
  });
  canvas.addEventListener("dblclick", (event) => {
    const at = hit(event);
    if (!at.isRow || rows[at.r].type === "unit") return;
    store.open.add(rows[at.r].key); store.changed();
  });
  canvas.addEventListener("mousemove", (event) => {
    const at = hit(event);
    tip.hidden = !at.bundle;
    canvas.style.cursor = at.bundle || at.isRow ? "pointer" : "default";
    if (!at.bundle) return;
    put(tip, h("b", null, `${label(rows[at.r])} uses ${label(rows[at.c])}`), h("span", null, bundleWords(store, at.bundle)));
    const box = scroller.getBoundingClientRect();
    tip.style.transform = `translate(${event.clientX - box.left + scroller.scrollLeft + 14}px, ${event.clientY - box.top + scroller.scrollTop + 14}px)`;
  });
  canvas.addEventListener("mouseleave", () => { tip.hidden = true; });
  canvas.addEventListener("focus", paint);
  canvas.addEventListener("blur", paint);
  canvas.addEventListener("keydown", (event) => {
    const step = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] })[event.key];
    const bundle = cells.get(`${cursor.r},${cursor.c}`);
    if (step) {
      cursor = { r: Math.max(0, Math.min(rows.length - 1, cursor.r + step[0])), c: Math.max(0, Math.min(rows.length - 1, cursor.c + step[1])) };
      const now = cells.get(`${cursor.r},${cursor.c}`);
      says.textContent = `${label(rows[cursor.r])} uses ${label(rows[cursor.c])}: ${now ? bundleWords(store, now) : "nothing"}`;
      paint();
    } else if (event.key === "Enter" && bundle) actions.select(bundle.key);
    else return;
    event.preventDefault(); event.stopPropagation();
  });
  return { element, draw };
}
