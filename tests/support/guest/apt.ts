/**
 * Packages of other Debian suites, without touching the machine's own apt: a private apt root that exists for one
 * fetch. The mirror's address comes from the machine's configuration and is written nowhere.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { exists } from './cache.ts';
import { runTool } from './run-tool.ts';

export type Archive = 'main' | 'security';

export interface Suite {
  readonly name: string;
  readonly archive: Archive;
}

/** One paragraph of a package index, the fields that we use. */
export interface PackageRecord {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly depends: string;
}

export interface Apt {
  /** The index entry of a package, in a given version or the newest; undefined if the suites don't have it. */
  show(name: string, version?: string): Promise<PackageRecord | undefined>;
  /** Fetch exactly these packages ("name=version") into a directory. apt verifies them against the signed index. */
  download(directory: string, packages: readonly string[]): Promise<void>;
  /** Fetch packages and those of their dependencies that this machine lacks into a directory; install nothing. */
  downloadWithMissing(directory: string, packages: readonly string[], targetRelease: string): Promise<void>;
}

const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Give `use` an apt that knows these suites and nothing else. */
export async function withApt<T>(suites: readonly Suite[], use: (apt: Apt) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'tstrace-apt-'));
  try {
    await mkdir(join(root, 'lists/partial'), { recursive: true });
    await mkdir(join(root, 'cache/archives/partial'), { recursive: true });
    await writeFile(join(root, 'all.sources'), await describeSources(suites));
    const options = privateOptions(root);
    await runTool(['apt-get', ...options, 'update', '--error-on=any']);
    return await use(aptIn(options));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** The code name of the Debian release that runs here ("bookworm"). */
export async function hostCodename(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(text)?.[1];
  if (codename === undefined || !/^ID=debian$/m.test(text)) {
    throw new Error(
      'guest kernels are fetched with apt, and this machine is not Debian: run them on Debian 12',
    );
  }
  return codename;
}

function privateOptions(root: string): string[] {
  const settings = {
    'Dir::Etc::sourcelist': join(root, 'all.sources'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::Lists': join(root, 'lists'),
    'Dir::Cache': join(root, 'cache'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    // Nothing is installed, so the machine's package database needs no lock, and no privileges either.
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': '',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function aptIn(options: readonly string[]): Apt {
  return {
    async show(name, version) {
      const what = version === undefined ? name : `${name}=${version}`;
      const text = await runTool(['apt-cache', ...options, '--no-all-versions', 'show', what]).catch(
        () => '',
      );
      return parseRecord(text.toString());
    },
    async download(directory, packages) {
      await mkdir(directory, { recursive: true });
      await runTool(['apt-get', ...options, 'download', ...packages], { cwd: directory });
    },
    async downloadWithMissing(directory, packages, targetRelease) {
      await mkdir(join(directory, 'partial'), { recursive: true });
      const into = ['-o', `Dir::Cache::archives=${directory}`, '-t', targetRelease];
      const install = ['install', '--download-only', '--no-install-recommends', '--yes', ...packages];
      await runTool(['apt-get', ...options, ...into, ...install]);
    },
  };
}

function parseRecord(text: string): PackageRecord | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
  const name = field('Package');
  const version = field('Version');
  const sha256 = field('SHA256');
  if (name === undefined || version === undefined || sha256 === undefined) return undefined;
  return { name, version, sha256, depends: field('Depends') ?? '' };
}

async function describeSources(suites: readonly Suite[]): Promise<string> {
  const mirrors = await findMirrors();
  const signedBy = (await exists(debianKeyring)) ? `Signed-By: ${debianKeyring}\n` : '';
  return suites
    .map(({ name, archive }) => {
      const uri = mirrors[archive];
      return `Types: deb\nURIs: ${uri}\nSuites: ${name}\nComponents: main\nArchitectures: amd64\n${signedBy}`;
    })
    .join('\n');
}

/** Where this machine gets its own packages from; the other suites lie on the same servers. */
async function findMirrors(): Promise<Readonly<Record<Archive, string>>> {
  const codename = await hostCodename();
  const listing = await runTool(['apt-get', '-o', 'Debug::NoLocking=1', 'update', '--print-uris']);
  const bases = new Map<string, string>();
  for (const [, base, suite] of listing.toString().matchAll(/^'(\S+)\/dists\/(\S+)\/InRelease'/gm)) {
    if (base !== undefined && suite !== undefined && !bases.has(suite)) bases.set(suite, base);
  }
  const main = bases.get(codename);
  const security = bases.get(`${codename}-security`);
  if (main === undefined || security === undefined) {
    const missing = main === undefined ? codename : `${codename}-security`;
    throw new Error(`this machine's apt has no source for '${missing}': add it to /etc/apt/sources.list.d`);
  }
  return { main, security };
}
