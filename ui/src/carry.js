// Carrying a box: what would change is told before it is dropped.
import { h, plural, put } from "./dom.js";
import { ghost, ghostWords, moveUnits } from "./edit.js";
import { unitsOf } from "./store.js";

/** @typedef {import("./store.js").Store} Store */

/**
 * Carry a box, or all picked units with it.
 * @param {Store} store @param {string} key @param {SVGSVGElement} svg @param {(key: string) => number} groupOf group of a box that is shown, -1 for none
 * @param {(units: number[]) => void} askNew
 */
export function carry(store, key, svg, groupOf, askNew) {
  const own = unitsOf(store, key);
  const units = own.some((u) => store.picked.has(u)) ? [...store.picked] : own;
  const words = h("span", null, "");
  const label = h("div.carry", null, h("b", null, units.length === 1 ? store.model.units[units[0]].name : plural(units.length, "unit")), words);
  document.body.append(label);
  let over = -1, isGround = false;
  const unmark = () => { for (const el of svg.querySelectorAll(".drop")) el.classList.remove("drop"); };
  return {
    /** @param {number} x @param {number} y */
    to(x, y) {
      label.style.transform = `translate(${x + 14}px, ${y + 14}px)`;
      const under = document.elementsFromPoint(x, y);
      const hit = under.map((el) => el.closest?.(".node")).find(Boolean)?.getAttribute("data-key") ?? "";
      const group = hit ? groupOf(hit) : -1;
      isGround = group < 0 && under.includes(svg);
      if (group !== over) {
        over = group;
        unmark();
        if (over >= 0) svg.querySelector(`[data-key="${CSS.escape(`g:${store.groups[over].name}`)}"]`)?.classList.add("drop");
      }
      put(words, over >= 0 ? `to ${store.groups[over].name}: ${ghostWords(ghost(store, units, over))}` : isGround ? "to a new service" : "");
    },
    /** @param {boolean} isReal */
    drop(isReal) {
      label.remove();
      unmark();
      if (!isReal) return;
      if (over >= 0) moveUnits(store, units, over);
      else if (isGround) askNew(units);
    },
  };
}
