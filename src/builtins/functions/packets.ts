/** skboutput: packets of the net for a capture file, which user space writes. */

import { assert, present } from '../../base/assert.ts';
import { u32, u64 } from '../../types/type.ts';
import type { EventDefinition } from '../define.ts';
import { defineFunction } from '../define.ts';
import type { Emitter, Memory, Scalar } from '../emitter.ts';
import { checkStruct, inTracing } from './given.ts';

/** `captured` bytes of the packet stand behind the record; those of interest begin `offset` bytes into it, and there are `length` of them. */
const fields = { nsecs: u64, offset: u32, captured: u32, length: u32 };

const packetEvent: EventDefinition<typeof fields> = {
  name: 'packet',
  fields,
  control: false,
  carriesPacket: true,
  prepare: ({ constants, span }, host) => {
    const { path } = constants;
    assert(typeof path === 'string', 'skboutput has a path');
    return ([nsecs, offset, captured, length, packet]) => {
      assert(typeof nsecs === 'number' || typeof nsecs === 'bigint', 'a time is a number');
      assert(typeof packet === 'object' && packet?.kind === 'buffer', 'a packet is behind its record');
      const bytes = packet.bytes.subarray(Number(offset), Number(captured));
      host.savePacket(path, { nsecs: BigInt(nsecs), bytes, length: Number(length) }, span);
    };
  },
};

/** A record of perf's counts its bytes in 16 bits (struct perf_event_header): so much of a packet surely fits. */
const capturedMax = 65_000;

/** What the helper returns for no packet at all. */
const badAddress = -14;

const checkPacket = checkStruct(['sk_buff']);

const least = (out: Emitter, a: Scalar, b: Scalar | number): Scalar =>
  out.select(out.compare('<', a, b, false), a, typeof b === 'number' ? out.int(b) : b);

/** How many bytes the packet has. */
function lengthOf(out: Emitter, packet: Memory): Scalar {
  const length = out.reserve(4, 'packet_length');
  const { offset } = out.kernelField('sk_buff', 'len');
  out.helper('probe_read_kernel', [length, 4, out.part(packet, offset, 4)]);
  return out.resize(out.load(length, 0, 32), 64);
}

export const skboutput = defineFunction({
  name: 'skboutput',
  doc: 'Write `length` bytes of a packet (a struct sk_buff that the probe was given), from `offset` on, to a file for tcpdump and Wireshark, which takes them for the bytes of an IP packet; the file is made anew. A packet that user space is too slow for is counted as a lost event. Gives 0, or as uint32 the negative number of the error.',
  example: 'fentry:ip_rcv { skboutput("ip.pcap", args.skb, args.skb->len, 0); }',
  params: [
    { name: 'path', takes: ['text'] },
    { name: 'packet', takes: ['given'] },
    { name: 'length', takes: ['integer'] },
    { name: 'offset', takes: ['integer'] },
  ],
  returns: u32,
  discardable: true,
  available: inTracing,
  events: [packetEvent],
  check: (args, context, report, call) => {
    const [path, packet, ...numbers] = args;
    checkPacket(packet ? [packet] : [], context, report, call);
    if (path?.constant === '') report.error('bad-argument', 'A file needs a name', path.span);
    for (const number of numbers)
      if (typeof number.constant === 'bigint' && number.constant < 0n)
        report.error('bad-argument', 'This can not be negative', number.span);
  },
  emit: ([path, packet, length, offset], out) => {
    const [wanted, start] = [out.wide(present(length, 'length')), out.wide(present(offset, 'offset'))];
    const send = (from: Memory): Scalar => {
      const whole = lengthOf(out, from);
      const skipped = least(out, start, whole);
      const rest = least(out, wanted, out.subtract(whole, skipped));
      const captured = least(out, out.add(skipped, rest), capturedMax);
      const values = { nsecs: out.helper('ktime_get_boot_ns', []), offset: skipped, captured, length: rest };
      return out.submitPacket(
        packetEvent,
        values,
        { path: String(path?.constant) },
        { from, bytes: captured },
      );
    };
    return out.resize(out.given(present(packet, 'packet'), send, badAddress), 32);
  },
});
