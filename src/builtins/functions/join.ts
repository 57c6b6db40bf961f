/** join: the texts of a list of pointers, such as the arguments of a command. */

import { present } from '../../base/assert.ts';
import { partsOf, slotOf } from '../../types/layout.ts';
import { buffer, none } from '../../types/type.ts';
import type { ByteText, Value } from '../../types/value.ts';
import { defineEvent, defineFunction } from '../define.ts';
import type { Argument, Emitter, Memory } from '../emitter.ts';

const elementsMax = 16;
const elementBytesMax = 1024;
const pointerBytes = 8;

/** All texts one behind the other, each with its NUL. */
const texts = buffer(elementsMax * elementBytesMax);
const layout = partsOf(texts);
const lengthOffset = slotOf(layout, 'length').offset;
const bytesOffset = slotOf(layout, 'bytes').offset;

const joinEvent = defineEvent('join', { texts }, ({ texts: found }, host, { constants }) =>
  host.text('join', elementsOf(found).join(String(constants.separator))),
);

function elementsOf(found: Value): readonly ByteText[] {
  if (typeof found !== 'object' || found?.kind !== 'buffer') return [];
  // Behind the last NUL there is no element.
  return Buffer.from(found.bytes).toString('latin1').split('\0').slice(0, -1);
}

export const join = defineFunction({
  name: 'join',
  doc: 'Print the texts that a list of pointers leads to, with a space or the given separator between them, and a line break. The list ends with a null pointer; at most 16 texts of 1023 bytes are shown.',
  example: 'tracepoint:syscalls:sys_enter_execve { join(args.argv); }',
  params: [
    { name: 'list', takes: ['pointer', 'place'] },
    { name: 'separator', takes: ['text'], optional: true },
  ],
  returns: none,
  events: [joinEvent],
  emit: ([list, separator], out) =>
    out.submit(
      joinEvent,
      { texts: (to) => fill(out, present(list, 'list'), to) },
      { separator: String(separator?.constant ?? ' ') },
    ),
});

function fill(out: Emitter, list: Argument, to: Memory): void {
  const { address, space } = out.address(list);
  const pointer = out.reserve(pointerBytes, 'pointer');
  out.store(to, lengthOffset, out.int(0, 32));
  out.repeat(elementsMax, (index, stop) => {
    const at = out.add(address, out.multiply(index, pointerBytes));
    out.readMemory(pointer, pointerBytes, at, space);
    const text = out.load(pointer, 0, 64);
    out.when(out.compare('==', text, 0), stop);
    const length = out.resize(out.load(to, lengthOffset, 32), 64);
    const room = out.part(to, bytesOffset, texts.capacity);
    const read = out.readText(out.partAt(room, length, elementBytesMax), elementBytesMax, text, space);
    out.when(out.compare('>', read, 0, true), () =>
      out.store(to, lengthOffset, out.resize(out.add(length, read), 32)),
    );
  });
}
