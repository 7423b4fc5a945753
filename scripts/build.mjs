#!/usr/bin/env node
// Bundles src/ into dist/: one small file for the intake, chunks for what is loaded later (start-up time is a figure of
// docs/benchmarks.md). Native and oddly loaded packages stay outside.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { build } from 'esbuild';

// Bolt brings its own receivers along; ours are in src/bot/listen, so what only Bolt's receivers use is left out.
const UNUSED_BY_US = /^(express|@slack\/oauth)$/;
const leaveOut = {
  name: 'leave-out',
  setup(bundle) {
    bundle.onResolve({ filter: UNUSED_BY_US }, ({ path }) => ({ path, namespace: 'left-out' }));
    bundle.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'linked',
  sourcesContent: false,
  minify: true,
  keepNames: false,
  plugins: [leaveOut],
  external: ['better-sqlite3', 'ssh2', 'cpu-features', '@resvg/resvg-js', 'dejavu-fonts-ttf', 'node-ical'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; import { fileURLToPath as __toPath } from 'node:url'; import { dirname as __dirnameOf } from 'node:path'; const require = __createRequire(import.meta.url); const __filename = __toPath(import.meta.url); const __dirname = __dirnameOf(__filename);",
  },
  logLevel: 'warning',
});
chmodSync('dist/main.js', 0o755);

// npx looks here first. Without the link it keeps a copy of its own, and one that it made before there was a dist/ has no command.
const link = 'node_modules/.bin/gianna-ops';
mkdirSync('node_modules/.bin', { recursive: true });
rmSync(link, { force: true });
symlinkSync('../../dist/main.js', link);
