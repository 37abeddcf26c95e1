// Bundles src/ into src/decompose/views/ui/. The header carries a digest of the sources, by which a test tells a stale bundle.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = `${here}../src/decompose/views/ui/`;
const names = readdirSync(`${here}src`).sort();
const hash = createHash("sha256");
for (const name of names) hash.update(`${name}\0`).update(readFileSync(`${here}src/${name}`)).update("\0");
const banner = `/* decompose review page; built from ui/src, sha256 ${hash.digest("hex")} */`;

for (const [entry, file] of [["main.js", "app.js"], ["app.css", "app.css"]]) {
  const result = await build({
    entryPoints: [`${here}src/${entry}`], bundle: true, minify: true, write: false, format: "iife", target: "es2022", charset: "utf8",
    legalComments: "none",
  });
  // A document ends its script at this mark, wherever it stands.
  const text = result.outputFiles[0].text.replaceAll("</script", "<\\/script").trim();
  writeFileSync(out + file, `${banner}\n${text}\n`);
  console.log(`${file} ${(text.length / 1024).toFixed(1)} KiB`);
}
