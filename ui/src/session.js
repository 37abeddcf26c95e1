// The way of the changes: kept in the browser, saved to the plan file, put onto a file that has changed meanwhile.
import { applyChanges, changesOf } from "./changes.js";
import { decode } from "./model.js";
import { currentPlan, toYaml } from "./planfile.js";
import { makeStore } from "./store.js";
import { download, h, plural, say } from "./dom.js";

/** @typedef {import("./store.js").Store} Store @typedef {import("./remote.js").Remote} Remote @typedef {import("./changes.js").Changes} Changes */

/**
 * @param {Store} store @param {Remote | null} remote
 * @param {(raw: any, options?: {isUnsaved?: boolean, before?: () => void}) => Store} restart shows other content in place of this
 */
export function makeSession(store, remote, restart) {
  const shelf = `decompose ${store.model.system.digest}`;
  const raw = store.raw;

  /** What lies on the shelf as far as this page knows: it takes away only what it has seen or put there. */
  let known = read(shelf);
  /** The same as this tab remembers it beside its address. Chromium loses, now and then, what is stored right before a reload; then this is right. */
  let tab = { shelf, text: history.state?.shelf === shelf ? history.state.text : known };
  let isKept = true;
  /** What earlier visits left and nobody has decided about; a new change does not push it out. @type {Changes[]} */
  let left = store.canEdit ? parsed(tab.text).filter((changes) => applyChanges(store, changes, { isDry: true }).done) : [];

  function keep() {
    if (!store.canEdit) return;
    const own = store.isDirty ? [changesOf(store)].filter((changes) => changes.count) : [];
    const text = left.length + own.length ? JSON.stringify([...left, ...own]) : "";
    tab = { shelf, text };
    if (text !== known) { write(shelf, text); known = read(shelf); }
    if (isKept && known !== text) setTimeout(() => say("This browser keeps no changes of this page: save the plan before you leave it"));
    isKept = known === text;
  }

  /** Whether leaving now loses changes: only the page has them, or, of a review, only this browser. */
  const isAtRisk = () => store.isDirty && (!!remote || !isKept);

  /** Offer what earlier visits left. @param {(offer: HTMLElement) => void} show */
  function offer(show) {
    if (!left.length) return;
    const count = left.reduce((sum, changes) => sum + changes.count, 0);
    const settle = (/** @type {Changes[]} */ taken) => { bar.remove(); left = []; for (const changes of taken) tell(applyChanges(store, changes)); store.changed(); };
    const bar = h("div.offer", { role: "status" }, h("span", null, `${plural(count, "change")} of an earlier visit ${count === 1 ? "is" : "are"} kept in this browser`),
      h("button.small", { onclick: () => settle(left) }, "Bring back"), h("button.small", { onclick: () => settle([]) }, "Forget"));
    show(bar);
  }

  function downloadPlan() { download("decompose.yaml", toYaml(currentPlan(store)), "application/yaml"); }

  async function save() {
    if (!remote) { downloadPlan(); say("Downloaded decompose.yaml; comments of a hand-edited file are only kept by `decompose review`"); return; }
    const answer = await remote.save(currentPlan(store)).catch(() => null);
    if (!answer) return say("The review server does not answer; nothing was saved, and your changes are kept here");
    if (answer.status === 409) return conflict();
    if (!answer.ok) return say(`Not saved: ${(await answer.json().catch(() => ({}))).message ?? answer.status}`);
    remote.etag = answer.headers.get("ETag") ?? "";
    store.savedAt = store.done.length;
    store.base = { groups: store.groups.map((g) => ({ ...g, locked: [...g.locked] })), of: store.of.slice() };
    store.changed();
    say("Saved to the plan file");
  }

  /** The file is another one now: show what both have touched, and let the person decide. */
  async function conflict() {
    const answer = await /** @type {Remote} */ (remote).get("/data").catch(() => null);
    const mine = changesOf(store);
    if (!answer?.ok) return say(`The plan file has changed and cannot be read: ${(await answer?.json().catch(() => null))?.message ?? "the server does not answer"}. Your changes are kept here`);
    const now = await answer.json(), etag = answer.headers.get("ETag") ?? "";
    const { clashes, missing, done } = applyChanges(makeStore(decode(now)), mine, { isDry: true });
    const load = () => {
      const server = /** @type {Remote} */ (remote), old = server.etag;
      close();
      server.etag = etag;
      // Undo leads back to the old text, under its old version: saving that meets the file's change again.
      return restart(now, { before: () => { server.etag = old; applyChanges(restart(raw, { isUnsaved: true }), mine); } });
    };
    const take = (/** @type {boolean} */ isMine) => () => tell(applyChanges(load(), mine, { mine: isMine }));
    const leave = () => { load(); say("Loaded the file; undo brings your changes back"); };
    const dialog = /** @type {HTMLDialogElement} */ (h("dialog.help", { "aria-label": "The plan file has changed" }, h("h2", null, "The plan file has changed"),
      h("p", null, "Someone, or an editor, has written it since this page was loaded. Nothing was overwritten."),
      h("p", null, `${done - clashes.length} of your ${plural(mine.count, "change")} ${done - clashes.length === 1 ? "fits" : "fit"} onto it.${clashes.length ? ` ${clashes.length === 1 ? "One thing was" : `${clashes.length} things were`} changed on both sides:` : ""}`),
      clashes.length > 0 && h("table.mini", null, h("thead", null, h("tr", null, ["what", "file", "you"].map((t) => h("th", { scope: "col" }, t)))), h("tbody", null, clashes.slice(0, 40).map((c) => h("tr", null, h("td", null, c.what), h("td", null, c.file || "–"), h("td", null, c.mine || "–"))))),
      missing.length > 0 && h("p", null, `No longer there: ${missing.slice(0, 10).join(", ")}${missing.length > 10 ? ` and ${missing.length - 10} more` : ""}`),
      h("div.buttons", null, h("button", { onclick: take(true), autofocus: true }, clashes.length ? "Take both, mine where they clash" : "Take both"), clashes.length > 0 && h("button", { onclick: take(false) }, "Take both, the file's where they clash"),
        h("button", { onclick: leave }, "Only the file"), h("button", { onclick: downloadPlan }, "Download mine"), h("button", { onclick: () => close() }, "Go on editing"))));
    const close = () => { dialog.close(); dialog.remove(); };
    document.body.append(dialog);
    dialog.showModal();
  }

  async function repropose() {
    if (!remote) return;
    say("Proposing again …");
    const answer = await remote.repropose(currentPlan(store)).catch(() => null);
    if (answer?.status === 409) return conflict();
    if (!answer?.ok) return say(`No new proposal: ${(await answer?.json().catch(() => null))?.message ?? "the server does not answer"}`);
    const mine = changesOf(store);
    restart(await answer.json(), { isUnsaved: true, before: () => { applyChanges(restart(raw, { isUnsaved: mine.count > 0 }), mine); } });
    say("A new proposal, with your locks; undo leads back");
  }

  /** @param {ReturnType<typeof applyChanges>} result */
  function tell({ done, missing }) {
    say(missing.length ? `${plural(done, "change")} applied; ${missing.length} no longer fit: ${missing.slice(0, 3).join(", ")}` : `${plural(done, "change")} applied; save to keep`);
  }

  return { keep, remembered: () => tab, isAtRisk, offer, save, repropose, downloadPlan };
}

/** @param {string} key @param {string} text */
function write(key, text) {
  try { if (text) localStorage.setItem(key, text); else localStorage.removeItem(key); } catch { /* no storage for files in some browsers */ }
}

/** @param {string} key @returns {string} */
function read(key) {
  try { return localStorage.getItem(key) ?? ""; } catch { return ""; }
}

/** @param {string} text @returns {Changes[]} */
function parsed(text) {
  const isWhole = (/** @type {any} */ c) => Array.isArray(c?.moves) && Array.isArray(c.reshaped) && Array.isArray(c.fresh);
  try { const found = JSON.parse(text || "[]"); return Array.isArray(found) ? found.filter(isWhole) : []; } catch { return []; }
}
