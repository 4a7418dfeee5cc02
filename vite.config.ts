// Two builds of one source tree:
//   --mode page     index.html         -> dist/      the demo page
//   --mode element  www/element.ts     -> pkg/dist/  the npm package: one module, its worker, its .wasm
// Neither uses Vite's library mode, which would inline the worker and the .wasm as base64: both must
// stay files of their own, fetched from the place that the module itself came from.
import { defineConfig, type UserConfig } from "vite";

/** The oldest browsers with wasm SIMD (Chrome 91, Safari 16.4) and module workers (Firefox 114). */
const target = ["chrome91", "firefox114", "safari16.4"];

/** The worker's own bundle; `folder` is where its files go, with a slash at its end. */
const worker = (folder: string, assets: string | typeof packageAssets): NonNullable<UserConfig["worker"]> => ({
  format: "es",
  rolldownOptions: {
    output: {
      entryFileNames: `${folder}worker-[hash].js`,
      chunkFileNames: `${folder}worker-[name]-[hash].js`,
      assetFileNames: assets,
    },
  },
});

const shared: UserConfig = {
  // Relative, so that a build works from any folder of any host, and so that assets are found
  // beside the module (`import.meta.url`) and not beside the document.
  base: "./",
  publicDir: false,
};

const page: UserConfig = {
  ...shared,
  worker: worker("assets/", "assets/[name]-[hash][extname]"),
  build: {
    target,
    outDir: "dist",
    emptyOutDir: true,
    // A data: URL would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
};

/** Without a hash: `package.json` exports the engine and its parts by these names, and a package has a version. */
const packageAssets = ({ names }: { readonly names: readonly string[] }): string =>
  names.some((name) => name.startsWith("streamglass-")) ? "[name][extname]" : "streamglass[extname]";

const element: UserConfig = {
  ...shared,
  worker: worker("", packageAssets),
  build: {
    target,
    outDir: "pkg/dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    assetsDir: ".",
    modulePreload: false,
    rolldownOptions: {
      input: { element: "www/element.ts" },
      preserveEntrySignatures: "strict",
      output: {
        format: "es",
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: packageAssets,
      },
    },
  },
};

export default defineConfig(({ mode }) => (mode === "element" ? element : page));
