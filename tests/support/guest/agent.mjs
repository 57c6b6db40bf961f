/**
 * Runs in the guest and does what the host asks, in JSON lines over a virtio serial port. A request has an `id`; every
 * answer to it repeats the id. Bytes travel as base64. Plain JavaScript, because the guest has a bare Node only.
 *
 *   run    {argv, cwd?, env?, stdin?, timeoutMs?}  → {pid}, then {stdout}/{stderr} as they come, then {exit}
 *   signal {target, signal}                        → {ok}: sends the signal to the process of request `target`
 *   input  {target, data?, end?}                   → {ok}: writes to its standard input
 *   write  {path, data, mode}   read {path}        → {ok} or {ok, data}
 *   attach {time, project}                         → {ok}: what a restored guest must be told before its first use
 *
 * Whatever fails is answered with {error}.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const portName = 'agent';
const port = fs.openSync(findPort(), 'r+');
/** Running commands by the id of their request. */
const running = new Map();

const operations = {
  run,
  signal({ id, target, signal }) {
    running.get(target)?.child.kill(signal);
    send({ id, ok: true });
  },
  input({ id, target, data, end }) {
    const stdin = running.get(target)?.child.stdin;
    if (data !== undefined) stdin?.write(Buffer.from(data, 'base64'));
    if (end) stdin?.end();
    send({ id, ok: true });
  },
  write({ id, path: file, data, mode }) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, Buffer.from(data, 'base64'));
    fs.chmodSync(file, mode);
    send({ id, ok: true });
  },
  read({ id, path: file }) {
    send({ id, ok: true, data: fs.readFileSync(file).toString('base64') });
  },
  attach({ id, time, project }) {
    // A restored guest believes that it is the moment of its snapshot.
    const setTime = `date -u -s @${time}`;
    // The kernel read the drive's first blocks when it looked for partitions, and another image may be in it by now.
    const mount = 'blockdev --flushbufs /dev/vdb && mount -t erofs -o ro /dev/vdb /project';
    const { status, stderr } = spawnSync('sh', ['-c', project ? `${setTime} && ${mount}` : setTime]);
    if (status !== 0) throw new Error(`cannot set the time or mount the project drive: ${stderr}`);
    send({ id, ok: true });
  },
};

listen();
send({ ready: true, release: fs.readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim() });

function run({ id, argv, cwd, env, stdin, timeoutMs }) {
  const started = performance.now();
  const child = spawn(argv[0], argv.slice(1), {
    cwd,
    env: { ...process.env, ...env },
    // A process group of its own, so that a time-out can end its children too.
    detached: true,
  });
  const state = { child, timedOut: false };
  running.set(id, state);
  const timer = setTimeout(
    () => {
      state.timedOut = true;
      killGroup(child.pid);
    },
    timeoutMs ?? 2 ** 31 - 1,
  );
  const finish = (answer) => {
    // A restored agent remembers requests of the guest's first life, whose numbers come again: only its own state is a request's.
    if (running.get(id) !== state) return;
    running.delete(id);
    clearTimeout(timer);
    send({ id, ...answer });
  };
  child.on('error', (error) => finish({ error: error.message }));
  child.on('spawn', () => send({ id, pid: child.pid }));
  child.stdin.on('error', () => {}); // It may end without reading what we write: that is its right.
  child.stdout.on('data', (chunk) => send({ id, stdout: chunk.toString('base64') }));
  child.stderr.on('data', (chunk) => send({ id, stderr: chunk.toString('base64') }));
  const exit = (status, signal) =>
    finish({ exit: { status, signal, timedOut: state.timedOut, durationMs: performance.now() - started } });
  child.on('close', exit);
  // A child that it left behind may hold the pipes open for ever; what came until then is all there is.
  child.on('exit', (status, signal) => setTimeout(exit, 2000, status, signal).unref());
  if (stdin !== undefined) child.stdin.end(Buffer.from(stdin, 'base64'));
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function send(message) {
  let rest = Buffer.from(`${JSON.stringify(message)}\n`);
  while (rest.length > 0) rest = rest.subarray(fs.writeSync(port, rest));
}

function listen() {
  const chunk = Buffer.alloc(1 << 16);
  let text = '';
  const next = () => fs.read(port, chunk, 0, chunk.length, null, take);
  const take = (error, length) => {
    // Nobody listens on the host's side, as before the first connection and while a snapshot is restored.
    if (error !== null || length === 0) return setTimeout(next, 20);
    // Only ASCII travels, so a chunk never ends within a character.
    const lines = (text + chunk.latin1Slice(0, length)).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) handle(JSON.parse(line));
    return next();
  };
  next();
}

function handle(request) {
  try {
    operations[request.op](request);
  } catch (error) {
    send({ id: request.id, error: error instanceof Error ? error.message : String(error) });
  }
}

function findPort() {
  const ports = '/sys/class/virtio-ports';
  const found = fs.readdirSync(ports).find((name) => readName(`${ports}/${name}/name`) === portName);
  if (found === undefined) throw new Error(`no virtio port named ${portName}`);
  return `/dev/${found}`;
}

function readName(file) {
  return fs.readFileSync(file, 'utf8').trim();
}
