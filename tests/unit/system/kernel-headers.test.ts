/** Where the kernel's headers are looked for. */

import { expect, test } from 'vitest';
import { kernelFolders } from '../../../src/system/kernel-headers.ts';

const release = '6.1.0-1-amd64';
const modules = `/lib/modules/${release}`;

test.each<
  [title: string, options: { source?: string; build?: string }, files: readonly string[], found: unknown]
>([
  ['not installed', {}, [], undefined],
  ['modules without headers', {}, [`${modules}/build`], undefined],
  [
    'source and build apart, as Debian has them',
    {},
    [`${modules}/build`, `${modules}/source`, `${modules}/source/include/linux/kconfig.h`],
    { source: `${modules}/source`, build: `${modules}/build` },
  ],
  [
    'both in one, as Fedora has them',
    {},
    [`${modules}/build`, `${modules}/build/include/linux/kconfig.h`],
    { source: `${modules}/build`, build: `${modules}/build` },
  ],
  [
    'a source tree that is named',
    { source: '/src/linux' },
    [],
    { source: '/src/linux', build: '/src/linux' },
  ],
  ['both named', { source: '/src/linux', build: '/obj' }, [], { source: '/src/linux', build: '/obj' }],
  [
    'a build that is named',
    { build: '/obj' },
    ['/obj/source', '/obj/source/include/linux/kconfig.h'],
    { source: '/obj/source', build: '/obj' },
  ],
])('%s', (_title, options, files, found) =>
  expect(kernelFolders({ release, ...options }, (path) => files.includes(path))).toEqual(found),
);
