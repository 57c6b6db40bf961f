/** Bundles the program into dist/tstrace.mjs: one file loads many times faster than hundreds. */
import { build } from 'esbuild';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
mkdirSync(join(root, 'dist'), { recursive: true });
const outfile = join(root, 'dist/tstrace.mjs');
const temporary = `${outfile}.${process.pid}`;
await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outfile: temporary,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  external: ['koffi'],
  legalComments: 'none',
  // yargs has parts that are CommonJS: they ask for require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
// A run that starts while we build must find a whole file.
renameSync(temporary, outfile);
