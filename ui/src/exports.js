// The map as a picture, for a thesis or a README.
import { download, say } from "./dom.js";

const PROPERTIES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity", "font-size", "font-weight", "font-family", "letter-spacing", "display", "visibility"];

/** Return the map as SVG text that needs no style sheet. @param {{svg: SVGSVGElement, scene: SVGElement, size: () => {width: number, height: number}}} map */
export function svgText(map) {
  const copy = /** @type {SVGSVGElement} */ (map.svg.cloneNode(true));
  const from = [map.svg, ...map.svg.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((el, n) => {
    const style = getComputedStyle(el);
    for (const name of PROPERTIES) { const value = style.getPropertyValue(name); if (value && value !== "none" || name === "fill") to[n].setAttribute(name, value); }
    for (const name of ["class", "tabindex", "role", "aria-level", "aria-label", "aria-expanded", "aria-selected", "data-key", "data-edge"]) to[n].removeAttribute(name);
  });
  for (const hit of [...copy.querySelectorAll("path")].filter((p) => p.getAttribute("stroke-width") === "12px")) hit.remove();
  const { width, height } = map.size(), pad = 40;
  copy.querySelector("g")?.removeAttribute("transform");
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `${-pad} ${-pad} ${width + 2 * pad} ${height + 2 * pad}`);
  copy.setAttribute("width", String(Math.ceil(width + 2 * pad)));
  copy.setAttribute("height", String(Math.ceil(height + 2 * pad)));
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [k, v] of Object.entries({ x: -pad, y: -pad, width: width + 2 * pad, height: height + 2 * pad, fill: getComputedStyle(document.body).backgroundColor })) ground.setAttribute(k, String(v));
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}

/** @param {any} map @param {string} name @param {"svg" | "png"} type */
export function savePicture(map, name, type) {
  const text = svgText(map);
  if (type === "svg") return download(`${name}.svg`, text, "image/svg+xml");
  const { width, height } = map.size();
  const scale = Math.min(2, 12000 / Math.max(width, height));
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil((width + 80) * scale); canvas.height = Math.ceil((height + 80) * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => { if (blob) download(`${name}.png`, blob, "image/png"); });
  };
  image.onerror = () => say("The picture could not be drawn");
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}
