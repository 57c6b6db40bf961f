/** Runs tests/support/guest/command.ts, which Node 20 cannot do by itself: bundles it first, in a few milliseconds. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const outfile = join(root, 'node_modules/.cache/tstrace/guest.mjs');
await build({
  entryPoints: [join(root, 'tests/support/guest/command.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
});
const { guestCommand } = await import(pathToFileURL(outfile).href);
try {
  process.exitCode = await guestCommand(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`guest: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
