import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const built = (path) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));

/**
 * Bundles a module into one file with the flags of docs/cold-start.md, for the oldest Node, `poolgate` being what `npm run build` made.
 *
 * @returns {Promise<number>} its bytes.
 */
export async function bundle(entry, outfile) {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    alias: { poolgate: built("index.js"), "poolgate/lambda": built("adapters/lambda/index.js") },
    metafile: true,
    logLevel: "warning",
  });
  const [{ bytes }] = Object.values(metafile.outputs);
  return bytes;
}
