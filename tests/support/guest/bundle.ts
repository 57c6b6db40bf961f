/** What is to run in a guest's Node, as one file: a script of ours and all that it imports, but koffi. */

import { join } from 'node:path';
import { build } from 'esbuild';
import { repositoryRoot } from './cache.ts';

/** Where koffi is found from anywhere. */
export const bundleEnvironment = { NODE_PATH: '/project/node_modules' } as const;

/** A CommonJS module, made of the file that has this path in the repository. */
export async function bundleForGuest(entry: string): Promise<Uint8Array> {
  const built = await build({
    entryPoints: [join(repositoryRoot, entry)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    external: ['koffi'],
    logLevel: 'error',
    // A CommonJS module has none, and yargs asks for it.
    define: { 'import.meta.url': JSON.stringify('file:///tmp/bundle.cjs') },
    write: false,
  });
  const [file] = built.outputFiles;
  if (!file) throw new Error('esbuild made nothing');
  return file.contents;
}
