/**
 * The host programs that make and run guests: QEMU, mkfs.erofs, and the static busybox that goes into the guest.
 * They are unpacked into the cache, not installed, so they need no privileges and cannot disturb the machine.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { hostCodename, withApt } from './apt.ts';
import { buildOnce, cacheDirectory, exists } from './cache.ts';
import { runTool } from './run-tool.ts';

export interface Tools {
  readonly qemu: string;
  readonly qemuVersion: string;
  /** Where QEMU looks for its firmware, in this order. */
  readonly firmwareDirectories: readonly string[];
  readonly makeErofs: string;
  readonly busybox: string;
  /** What these programs need in their environment: the libraries that were unpacked with them. */
  readonly env: Readonly<Record<string, string>>;
}

const packages = ['qemu-system-x86', 'busybox-static', 'erofs-utils'] as const;

// QEMU 7.2 of Debian 12 corrupts the memory of 6.12 guests in half of their boots; 10 does not.
const qemuMajorMin = 10;

/** The tools, fetched if they are not in the cache. `say` hears what takes time. */
export async function ensureTools(say: (line: string) => void): Promise<Tools> {
  const root = join(cacheDirectory(), 'tools');
  const tools = describe(root);
  const cached = await versionOf(tools);
  if (cached !== undefined) return { ...tools, qemuVersion: cached };
  // Not there, or made on a machine that had libraries which this one lacks.
  await rm(root, { recursive: true, force: true });
  say('fetching QEMU, busybox and erofs-utils (17 MB)');
  await buildOnce(root, fetchTools);
  const qemuVersion = await versionOf(tools);
  if (qemuVersion === undefined)
    throw new Error(`the unpacked QEMU does not run: try ${tools.qemu} --version`);
  if (Number.parseInt(qemuVersion, 10) < qemuMajorMin) {
    throw new Error(`guests need QEMU ${qemuMajorMin} or newer, and apt offers ${qemuVersion}`);
  }
  return { ...tools, qemuVersion };
}

async function fetchTools(root: string): Promise<void> {
  const codename = await hostCodename();
  const suites = [
    { name: codename, archive: 'main' },
    { name: `${codename}-updates`, archive: 'main' },
    { name: `${codename}-backports`, archive: 'main' },
    { name: `${codename}-security`, archive: 'security' },
  ] as const;
  const archives = join(root, 'archives');
  await mkdir(archives, { recursive: true });
  await withApt(suites, (apt) => apt.downloadWithMissing(archives, packages, `${codename}-backports`));
  for (const name of await readdir(archives)) {
    if (name.endsWith('.deb')) await runTool(['dpkg-deb', '-x', join(archives, name), root]);
  }
  await rm(archives, { recursive: true });
  // A machine that has one of them installed gets no archive of it from apt.
  for (const path of ['usr/bin/mkfs.erofs', 'usr/bin/qemu-system-x86_64', 'bin/busybox']) {
    if ((await exists(join(root, path))) || !(await exists(`/${path}`))) continue;
    await mkdir(join(root, path, '..'), { recursive: true });
    await runTool(['ln', '-s', `/${path}`, join(root, path)]);
  }
}

function describe(root: string): Omit<Tools, 'qemuVersion'> {
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((path) => join(root, path));
  return {
    qemu: join(root, 'usr/bin/qemu-system-x86_64'),
    firmwareDirectories: ['/usr/share/qemu', '/usr/share/seabios'].flatMap((path) => [
      join(root, path),
      path,
    ]),
    makeErofs: join(root, 'usr/bin/mkfs.erofs'),
    busybox: join(root, 'bin/busybox'),
    env: { LD_LIBRARY_PATH: libraries.join(':') },
  };
}

async function versionOf(tools: Omit<Tools, 'qemuVersion'>): Promise<string | undefined> {
  if (!(await exists(tools.busybox)) || !(await exists(tools.makeErofs))) return undefined;
  const said = await runTool([tools.qemu, '--version'], { env: tools.env }).catch(() => undefined);
  return /version (\S+)/.exec(said?.toString() ?? '')?.[1];
}
