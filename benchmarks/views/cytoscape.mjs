// The yardstick: the same graph in Cytoscape. Bundled by `page.py` with esbuild, from the npm registry, into a temporary folder.
import cytoscape from "cytoscape";
import fcose from "cytoscape-fcose";

cytoscape.use(fcose);
const { nodes, edges, layout } = JSON.parse(document.getElementById("content").textContent);
const cy = cytoscape({
  container: document.getElementById("app"), elements: { nodes, edges },
  layout: layout === "fcose" ? { name: "fcose", animate: false, randomize: false } : { name: "preset" },
  style: [{ selector: "node", style: { label: "data(label)", "font-size": 9, shape: "round-rectangle" } }, { selector: ":parent", style: { "background-opacity": 0.1 } },
    { selector: "edge", style: { width: 1, "curve-style": "bezier", "target-arrow-shape": "triangle" } }],
});
window.cy = cy;
window.isReady = true;
