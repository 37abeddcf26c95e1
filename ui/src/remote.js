// The review server, when there is one: this page's data, and the way back into the plan file.

/** @typedef {{get: (path: string) => Promise<Response>, save: (plan: any) => Promise<Response>, repropose: (plan: any) => Promise<Response>, etag: string}} Remote */

/** Exchange the one-time token of the address for a session. @returns {Promise<Remote>} */
export async function connect() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) {
    history.replaceState(null, "", location.pathname);
    const answer = await fetch("/session", { method: "POST", headers: { "X-Decompose-Token": token } });
    if (answer.ok) sessionStorage.setItem("decompose", (await answer.json()).key);
  }
  const key = sessionStorage.getItem("decompose") ?? "";
  const call = (/** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body, /** @type {Record<string, string>} */ headers = {}) =>
    fetch(path, { method, headers: { Authorization: `Bearer ${key}`, ...(body ? { "Content-Type": "application/json" } : {}), ...headers }, body: body ? JSON.stringify(body) : undefined });
  const remote = {
    etag: "",
    get: (/** @type {string} */ path) => call("GET", path, null),
    save: (/** @type {any} */ plan) => call("PUT", "/plan", plan, { "If-Match": remote.etag }),
    repropose: (/** @type {any} */ plan) => call("POST", "/repropose", plan, { "If-Match": remote.etag }),
  };
  return remote;
}
