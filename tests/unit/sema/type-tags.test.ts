/** What the kernel's BTF says of pointers by tags: whose memory they lead into. */

import { expect, test } from 'vitest';
import { btfFacts } from '../../../src/system/btf/facts.ts';
import { fixedBtf } from '../../../src/system/btf/read.ts';
import { analysed, valueOf } from '../../support/analysis.ts';
import { buildBtf } from '../../support/btf-builder.ts';
import { goldenFacts } from '../../support/golden-facts.ts';
import { mustParseBtf } from '../../support/kernel-types.ts';

const built = buildBtf({
  int: { kind: 'int', name: 'int', bytes: 4, signed: true },
  counter: { kind: 'struct', name: 'counter', bytes: 4, members: [{ name: 'value', type: 'int', at: 0 }] },
  userTag: { kind: 'typeTag', name: 'user', to: 'counter' },
  percpuTag: { kind: 'typeTag', name: 'percpu', to: 'counter' },
  rcuTag: { kind: 'typeTag', name: 'rcu', to: 'counter' },
  users: { kind: 'pointer', to: 'userTag' },
  percpu: { kind: 'pointer', to: 'percpuTag' },
  rcu: { kind: 'pointer', to: 'rcuTag' },
  plain: { kind: 'pointer', to: 'counter' },
  tagged: {
    kind: 'struct',
    name: 'tagged',
    bytes: 32,
    members: ['users', 'percpu', 'rcu', 'plain'].map((name, index) => ({ name, type: name, at: index * 64 })),
  },
});

const types = btfFacts(fixedBtf(mustParseBtf(built.bytes, 'vmlinux'), []));
const facts = {
  ...goldenFacts('minimal'),
  struct: types.struct,
  fieldsOf: (struct: Parameters<typeof types.fieldsOf>[0]) => types.fieldsOf(struct) ?? [],
};

const tagged = '((struct tagged *)kaddr("f"))';

/** The space of the pointer that a map gets. */
function spaceOf(member: string): string | undefined {
  const { typed, diagnostics } = analysed(`kprobe:f { @p = ${tagged}->${member}; }`, { facts });
  expect(diagnostics).toEqual([]);
  const type = typed.maps[0]?.value;
  return type?.kind === 'pointer' ? type.space : undefined;
}

test('a pointer tagged as the process’s leads into its memory, in any probe; __rcu changes nothing', () =>
  expect(['users', 'rcu', 'plain'].map(spaceOf)).toEqual(['user', 'kernel', 'kernel']));

test('behind it, too', () => {
  const { typed } = analysed(`kprobe:f { @v = ${tagged}->users->value; }`, { facts });
  const [statement] = typed.probes[0]?.body ?? [];
  const load = statement?.kind === 'assign' ? statement.value : undefined;
  expect(load?.kind === 'load' && load.pointer.type).toMatchObject({ kind: 'pointer', space: 'user' });
});

test.each(['->value', '[0]', '.value'])(
  'a pointer that each CPU has its own behind is not followed: %s',
  (way) =>
    expect(analysed(`kprobe:f { print(${tagged}->percpu${way}); }`, { facts }).diagnostics).toMatchObject([
      { code: 'not-a-pointer', hints: [expect.stringContaining('__per_cpu_offset')] },
    ]),
);

test('with the offset of a CPU it is an address', () =>
  expect(valueOf(`((struct counter *)((uint64)${tagged}->percpu + 8))->value`, '', { facts })).toMatch(
    /:int32$/,
  ));
