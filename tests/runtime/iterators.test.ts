/** Iterators: each that the kernel shows is walked, with what it leads to; pinned ones are read by anybody. */

import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Place } from '../support/end-to-end.ts';
import { buildHere } from '../support/run-here.ts';

let place: Place;

beforeAll(async () => {
  place = await buildHere();
});

async function linesOf(script: string, ...options: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr, status } = await place.tstrace(['-q', ...options, '-e', script]);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.trim().split('\n');
}

test('each that is listed is walked to its end', async () => {
  const listed = await place.tstrace(['-l', 'iter:*']);
  const names = listed.stdout.trim().split('\n');
  expect(names).toEqual(
    expect.arrayContaining(['bpf_map', 'bpf_prog', 'task'].map((name) => `iter:${name}`)),
  );
  for (const name of names)
    expect(await linesOf(`${name} { @n = count(); }`), name).toEqual([expect.stringMatching(/^@n: \d+$/)]);
});

test('-lv shows what ctx leads to', async () => {
  const { stdout } = await place.tstrace(['-lv', 'iter:task_file']);
  expect(stdout).toBe(`iter:task_file
    struct bpf_iter_meta * meta
    struct task_struct * task
    uint32 fd
    struct file * file
`);
});

const nameMax = 64;
const symbolAt = /^([0-9a-f]+) T vfs_read$/m;

/** What must be among the objects of each. */
const findings: readonly (readonly [script: string, find: () => Promise<string> | string])[] = [
  ['mine=iter:bpf_prog { print(str(ctx.prog->aux->name)); }', () => 'mine_1'],
  ['iter:kmem_cache { print(str(ctx.s->name)); }', () => 'task_struct'],
  [
    `iter:ksym /str(ctx.ksym->name, ${nameMax}) == "vfs_read"/ { printf("%x\\n", ctx.ksym->value); }`,
    () => symbolAt.exec(readFileSync('/proc/kallsyms', 'latin1'))?.[1]?.replace(/^0+/, '') ?? '',
  ],
  ['iter:udp { print(ctx.udp_sk->inet.sk.__sk_common.skc_num); }', udpPort],
  [`iter:unix { print(str(ctx.unix_sk->addr->name[0].sun_path, ${nameMax})); }`, unixPath],
];

test.each(findings.map(([script, find]) => [script.replaceAll('\n', '\\n'), find] as const))(
  '%s',
  async (script, find) => {
    const wanted = await find();
    expect(await linesOf(script)).toContain(wanted);
  },
);

test('sockets are all shown; where the kernel may have left some out, that is told', async () => {
  const servers = await Promise.all(Array.from({ length: 40 }, (_, index) => listening(`many-${index}`)));
  onTestFinished(() => servers.forEach(({ server }) => server.close()));
  const shown = await linesOf(
    `iter:unix { printf("<%s>\\n", str(ctx.unix_sk->addr->name[0].sun_path, ${nameMax})); @walked = count(); }`,
  );
  expect(shown).toEqual(expect.arrayContaining(servers.map(({ path }) => `<${path}>`)));
  expect(shown).toContain(`@walked: ${shown.filter((line) => line.startsWith('<')).length}`);
  const long = 'x'.repeat(1000);
  const { stderr } = await place.tstrace(['-q', '-e', `iter:unix { print("${long}"); }`]);
  expect(stderr).toContain('iter:unix may have left some out');
});

async function udpPort(): Promise<string> {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return String(socket.address().port);
}

async function unixPath(): Promise<string> {
  const { server, path } = await listening('one');
  onTestFinished(() => void server.close());
  return path;
}

async function listening(name: string): Promise<{ readonly server: Server; readonly path: string }> {
  const path = join(tmpdir(), `tstrace-unix-${name}-${process.pid}`);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { server, path };
}

const pin = `/sys/fs/bpf/tstrace_test_${process.pid}`;

test('a pinned iterator stays when tstrace has ended: whoever reads its file gets what it prints then', async () => {
  onTestFinished(() => rmSync(pin, { force: true }));
  const script = `iter:task:${pin} /ctx.task->tgid == $1 && ctx.task->pid == $1/ {
    printf("%d %-20s|%5u|%05d|%x%%\\n", ctx.task->tgid, ctx.task->comm, 7, -7, (int16)-1); @runs++; }`;
  const args = ['-e', script, String(process.pid)];
  expect(await place.tstrace(args)).toEqual({ stdout: '', stderr: `Program pinned to ${pin}\n`, status: 0 });
  const comm = readFileSync('/proc/self/comm', 'latin1').trim();
  const line = `${process.pid} ${comm.padEnd(20)}|    7|-0007|ffff%\n`;
  expect([readPin(), readPin()]).toEqual([line, line]);
  const again = await place.tstrace(args);
  expect(again.status).toBe(1);
  expect(again.stderr).toContain(`can't pin the iterator to ${pin}: there is something already`);
  rmSync(pin);
  expect(readdirSync('/sys/fs/bpf')).not.toContain(`tstrace_test_${process.pid}`);
});

const readPin = (): string => readFileSync(pin, 'latin1');

test.each([
  ['/sys/fs/bpf/no-such-folder/x', 'there is no such folder'],
  ['/tmp/tstrace-no-bpf', 'that is no BPF file system'],
])('a pin at %s is refused, and nothing is left', async (path, cause) => {
  const { stdout, stderr, status } = await place.tstrace(['-e', `iter:task:${path} { printf("x"); }`]);
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  expect(stderr).toContain(`can't pin the iterator to ${path}: ${cause}`);
});
