// Live figures of a division. The same definitions as `views/metrics.py`; a test holds the two together.

/** @param {{kind: string}} group Whether an edge into the group is a remote one. */
export const isDeployed = (group) => !["library", "offline", "dead"].includes(group.kind);

/**
 * Weights between groups, kept up to date move by move.
 * @param {import("./model.js").Model} model @param {Int32Array} of @param {number} room groups that the matrix has room for
 */
export function makeLedger(model, of, room) {
  const { links } = model;
  const weightOf = model.kinds.map((/** @type {any} */ k) => k.weight);
  const call = model.kinds.findIndex((/** @type {any} */ k) => k.id === "call");
  const weight = new Float64Array(room * room), calls = new Int32Array(room * room);
  /** @param {number} i @param {number} sign */
  const book = (i, sign) => {
    const cell = of[links.u[i]] * room + of[links.v[i]];
    weight[cell] += sign * weightOf[links.kind[i]] * links.count[i];
    if (links.kind[i] === call) calls[cell] += sign;
  };
  for (let i = 0; i < links.size; i++) book(i, 1);
  return {
    room, weight, calls,
    /** Move one unit; changes `of`. @param {number} unit @param {number} to */
    move(unit, to) {
      const near = links.of(unit);
      for (const i of near) book(i, -1);
      of[unit] = to;
      for (const i of near) book(i, 1);
    },
  };
}

/**
 * @typedef {{inside: number, outgoing: number, incoming: number, cohesion: number, inCycle: boolean}} GroupFigures
 * @typedef {{groups: GroupFigures[], cut: number, share: number, remote: number, cyclic: number}} Figures
 */

/**
 * Return the figures of a division.
 *
 * cohesion: weight inside / (inside + to and from other deployed groups); share: weight that crosses / all weight between
 * deployed groups; remote: pairs of units whose call crosses; cyclic: groups that call each other in a circle.
 * @param {{room: number, weight: Float64Array, calls: Int32Array}} ledger @param {import("./model.js").Group[]} groups @returns {Figures}
 */
export function figures(ledger, groups) {
  const deployed = groups.map((g) => !g.gone && isDeployed(g));
  const result = groups.map(() => ({ inside: 0, outgoing: 0, incoming: 0, cohesion: NaN, inCycle: false }));
  let cut = 0, all = 0, remote = 0;
  for (let a = 0; a < groups.length; a++) {
    if (!deployed[a]) continue;
    for (let b = 0; b < groups.length; b++) {
      if (!deployed[b]) continue;
      const w = ledger.weight[a * ledger.room + b];
      all += w;
      if (a === b) { result[a].inside += w; continue; }
      cut += w; remote += ledger.calls[a * ledger.room + b];
      result[a].outgoing += w; result[b].incoming += w;
    }
  }
  for (const f of result) {
    const around = f.inside + f.outgoing + f.incoming;
    f.cohesion = around > 0 ? f.inside / around : NaN;
  }
  const inCycle = circles(groups.length, (a, b) => a !== b && deployed[a] && deployed[b] && ledger.calls[a * ledger.room + b] > 0);
  inCycle.forEach((is, n) => { result[n].inCycle = is; });
  return { groups: result, cut, share: all > 0 ? cut / all : NaN, remote, cyclic: inCycle.filter(Boolean).length };
}

/** Return which of n nodes lie on a circle: each reaches itself. @param {number} n @param {(a: number, b: number) => boolean} joined */
function circles(n, joined) {
  const next = Array.from({ length: n }, (_, a) => Array.from({ length: n }, (_, b) => b).filter((b) => joined(a, b)));
  return next.map((_, start) => {
    const seen = new Set(), todo = [...next[start]];
    while (todo.length) {
      const at = /** @type {number} */ (todo.pop());
      if (at === start) return true;
      if (!seen.has(at)) { seen.add(at); todo.push(...next[at]); }
    }
    return false;
  });
}
