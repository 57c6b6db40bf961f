/** skboutput: what arrives on the loopback device is found in capture files, byte for byte, and what is not is told of. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootGuest, type Guest } from '../support/guest/guest.ts';
import { projectFiles } from '../support/guest/image.ts';
import type { CommandResult } from '../support/guest/running-command.ts';
import { parseCapture } from '../support/parse-capture.ts';
import { buildPrograms } from '../support/programs.ts';

const root = join(import.meta.dirname, '../..');
const timeoutMs = 90_000;
let guest: Guest;

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
  guest = await bootGuest({ kernel: '6.12', project: projectFiles(await buildPrograms()) });
});
afterAll(() => guest.close());

const tstrace = (script: string, ...datagrams: readonly string[]): Promise<CommandResult> => {
  const command = `/project/programs/datagrams ${datagrams.join(' ')}`;
  return guest.run(['node', '/project/dist/tstrace.mjs', '-q', '-c', command, '-e', script], { timeoutMs });
};

async function capture(path: string) {
  const { stdout } = await guest.run(['base64', '-w', '0', path]);
  return parseCapture(Buffer.from(stdout, 'base64'));
}

/** IPv4 and UDP. */
const headerBytes = 28;
const counting = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => index & 255));

test(
  'datagrams of all sizes, whole and in part; the longest is cut to what a record holds; results are seen in the script',
  async () => {
    const before = Date.now() / 1000 - 1;
    const { stdout, stderr, status } = await tstrace(
      `fentry:ip_rcv {
         @said[(int32)skboutput("/tmp/whole.pcap", args.skb, args.skb->len, 0)] = count();
         skboutput("/tmp/part.pcap", args.skb, 5, ${headerBytes + 2});
         skboutput("/nowhere/f.pcap", args.skb, 5, 0);
       }`,
      '0',
      '7',
      '1400',
      '65507',
    );
    expect({ stdout: stdout.trim(), status }).toEqual({ stdout: '@said[0]: 4', status: 0 });
    expect(stderr.match(/^.*(ERROR|WARNING|Lost).*$/gm)).toEqual([
      'stdin:4:10-54: WARNING: No packets are written to /nowhere/f.pcap: there is no such file',
    ]);
    const whole = await capture('/tmp/whole.pcap');
    expect(whole.map(({ bytes, length }) => [bytes.length, length])).toEqual([
      [28, 28],
      [35, 35],
      [1428, 1428],
      [65_000, 65_535],
    ]);
    for (const { bytes, seconds } of whole) {
      expect(bytes.subarray(0, 2).toString('hex')).toBe('4500');
      expect(bytes.subarray(headerBytes)).toEqual(counting(bytes.length - headerBytes));
      expect(seconds).toBeGreaterThan(before);
      expect(seconds).toBeLessThan(before + 60);
    }
    const part = await capture('/tmp/part.pcap');
    expect(part.map(({ bytes, length }) => [bytes.toString('hex'), length])).toEqual([
      ['', 0],
      ['0203040506', 5],
      ['0203040506', 5],
      ['0203040506', 5],
    ]);
  },
  timeoutMs,
);

test(
  'packets that user space was too slow for are counted as lost',
  async () => {
    const sent = 400;
    const { stdout, stderr } = await tstrace(
      'fentry:ip_rcv { skboutput("/tmp/flood.pcap", args.skb, args.skb->len, 0); @seen = count(); }',
      `60000x${sent}`,
    );
    expect(stdout).toContain(`@seen: ${sent}`);
    const lost = Number(/^fentry:\S*ip_rcv lost (\d+) events?$/m.exec(stderr)?.[1] ?? 0);
    expect(lost).toBeGreaterThan(0);
    expect((await capture('/tmp/flood.pcap')).length).toBe(sent - lost);
  },
  timeoutMs,
);
