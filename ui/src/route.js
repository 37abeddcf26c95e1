// The way of each line: out of one box, round those in between, into the other.

/** @typedef {import("./layout.js").Box} Box @typedef {import("./bundles.js").Bundle} Bundle */

/** Room that a line keeps to a box that it passes. */
const CLEAR = 9;

/**
 * Give each bundle a path; ends share a side evenly, ordered by where they go.
 * @param {Box[]} ends @param {Bundle[]} bundles @param {Box[]} obstacles outermost boxes, which lines of others go round @returns {string[]}
 */
export function route(ends, bundles, obstacles) {
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
  const columns = columnsOf(obstacles), used = new Map();
  return plan.map(({ from, to, out, into, p, q }) => {
    const across = from.group !== to.group && out !== into && (out === "l" || out === "r");
    return across ? polyline([p, ...between(columns, p, q, used), q], out) : curve(p, q, out, into);
  });
}

/** @typedef {{left: number, right: number, boxes: Box[]}} Column */

/** Outermost boxes by the column they stand in, left to right. @param {Box[]} boxes @returns {Column[]} */
function columnsOf(boxes) {
  const /** @type {Column[]} */ columns = [];
  for (const box of [...boxes].sort((a, b) => a.x - b.x)) {
    const last = columns.at(-1);
    if (last && box.x < last.right) { last.boxes.push(box); last.right = Math.max(last.right, box.x + box.w); } else columns.push({ left: box.x, right: box.x + box.w, boxes: [box] });
  }
  for (const column of columns) column.boxes.sort((a, b) => a.y - b.y);
  return columns;
}

/**
 * Points by which a line passes the columns between its ends without crossing a box.
 * @param {Column[]} columns @param {number[]} p @param {number[]} q @param {Map<string, number>} used how many lines go through each gap already
 */
function between(columns, p, q, used) {
  const [low, high] = p[0] < q[0] ? [p, q] : [q, p];
  const passed = columns.filter((c) => c.left > low[0] - 1 && c.right < high[0] + 1);
  const points = passed.flatMap((column) => {
    const wish = low[1] + ((high[1] - low[1]) * ((column.left + column.right) / 2 - low[0])) / (high[0] - low[0]);
    const y = nearestGap(column, wish, used);
    return [[column.left, y], [column.right, y]];
  });
  return p[0] < q[0] ? points : points.reverse();
}

/** @param {Column} column @param {number} wish @param {Map<string, number>} used */
function nearestGap(column, wish, used) {
  if (!column.boxes.some((b) => wish > b.y - CLEAR && wish < b.y + b.h + CLEAR)) return wish;
  const edges = [-Infinity, ...column.boxes.flatMap((b) => [b.y, b.y + b.h]), Infinity];
  let best = { y: wish, far: Infinity, key: "" };
  for (let n = 0; n < edges.length; n += 2) {
    const [top, bottom] = [edges[n] + CLEAR, edges[n + 1] - CLEAR];
    if (bottom < top) continue;
    const y = Math.min(Math.max(wish, top), bottom), far = Math.abs(y - wish);
    if (far < best.far) best = { y, far, key: `${column.left}|${n}` };
  }
  // Lines that share a gap run beside each other, as far as there is room.
  const at = used.get(best.key) ?? 0;
  used.set(best.key, at + 1);
  return best.y + (best.y >= wish ? 1 : -1) * 4 * (at % 4);
}

/** A smooth line through points, level where it passes a column. @param {number[][]} points @param {string} out */
function polyline(points, out) {
  const way = out === "r" ? 1 : -1;
  let d = `M${spot(points[0])}`;
  for (let n = 1; n < points.length; n++) {
    const [a, b] = [points[n - 1], points[n]];
    if (Math.abs(a[1] - b[1]) < 0.5) { d += `L${spot(b)}`; continue; }
    const far = Math.max(18, Math.abs(b[0] - a[0]) * 0.48);
    d += `C${spot([a[0] + way * far, a[1]])} ${spot([b[0] - way * far, b[1]])} ${spot(b)}`;
  }
  return d;
}

/** @param {number[]} p @param {number[]} q @param {string} out @param {string} into */
function curve([x1, y1], [x2, y2], out, into) {
  const far = out === into ? 24 + Math.min(80, Math.abs(y2 - y1) * 0.22) : Math.max(18, (out === "l" || out === "r" ? Math.abs(x2 - x1) : Math.abs(y2 - y1)) * 0.45);
  const [ax, ay] = push(out, far), [bx, by] = push(into, far);
  return `M${spot([x1, y1])}C${spot([x1 + ax, y1 + ay])} ${spot([x2 + bx, y2 + by])} ${spot([x2, y2])}`;
}

/** @param {number[]} point */
const spot = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;

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
