/** kptr and uptr: whose memory an address is in; container_of: from a member to the struct around it. */

import { present } from '../../base/assert.ts';
import type { AddressSpace, Type } from '../../types/type.ts';
import { none, pointerTo, u64 } from '../../types/type.ts';
import { defineFunction } from '../define.ts';

/** The same type, of an address in that memory. */
const within = (type: Type | undefined, space: AddressSpace): Type => {
  if (type?.kind === 'pointer') return pointerTo(type.to, space);
  return { ...(type?.kind === 'int' ? type : u64), space };
};

const spaceFunction = (name: string, space: 'kernel' | 'user', doc: string, example: string) =>
  defineFunction({
    name,
    doc,
    example,
    params: [{ name: 'pointer', takes: ['pointer'] }],
    returns: ([pointer]) => within(pointer?.type, space),
    constant: ([pointer]) => (typeof pointer?.constant === 'bigint' ? pointer.constant : undefined),
    emit: ([pointer], out) => out.value(present(pointer, 'pointer')),
  });

export const kptr = spaceFunction(
  'kptr',
  'kernel',
  'The same address, taken as one in the memory of the kernel: what is read through it is read there.',
  'uprobe:/bin/bash:readline { print(((struct task_struct *)kptr(curtask))->pid); }',
);

export const uptr = spaceFunction(
  'uptr',
  'user',
  'The same address, taken as one in the memory of the process: what is read through it is read there.',
  'kprobe:vfs_write { print(str(uptr(arg1), 16)); }',
);

export const containerOf = defineFunction({
  name: 'container_of',
  doc: 'A pointer to the struct of a type of which a pointer leads to one member, which is named as in offsetof.',
  example: 'kprobe:vfs_read { print(container_of(arg0, typeof(struct task_struct), tgid)->pid); }',
  params: [
    { name: 'pointer', takes: ['pointer'] },
    { name: 'type', takes: ['type'] },
    { name: 'member', takes: ['path'] },
  ],
  returns: ([pointer, type]) =>
    pointerTo(type?.type ?? none, pointer?.type.kind === 'pointer' ? pointer.type.space : 'none'),
  emit: ([pointer, , member], out) => {
    const offset = present(member, 'member').constant;
    return out.subtract(out.wide(present(pointer, 'pointer')), typeof offset === 'bigint' ? offset : 0n);
  },
});
