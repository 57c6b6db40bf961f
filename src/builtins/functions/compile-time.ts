/** What the machine and the settings tell when compiling. */

import { bool, u64 } from '../../types/type.ts';
import { textOf } from '../../types/value.ts';
import { defineFunction } from '../define.ts';
import { known } from '../known.ts';

export const defaultStrLength = defineFunction({
  name: 'default_str_length',
  doc: 'How many bytes str() reads at most if it is not told: the setting max_strlen.',
  example: 'begin { printf("%d\\n", default_str_length()); }',
  params: [],
  returns: u64,
  constant: (_args, { settings }) => BigInt(settings.maxStrlen),
  emit: known,
});

export const kfuncAllowed = defineFunction({
  name: 'kfunc_allowed',
  doc: 'True if the kernel lets a program of this probe call its function of that name. It is asked by trying; functions of modules are not known.',
  example:
    'begin { if comptime (kfunc_allowed("bpf_rdonly_cast")) { printf("this kernel lets probes cast\\n"); } }',
  params: [{ name: 'name', takes: ['text'] }],
  returns: bool,
  constant: ([name], { mayCall }) =>
    typeof name?.constant === 'string' ? mayCall(textOf(name.constant)) : undefined,
  emit: known,
});

export const kfuncExist = defineFunction({
  name: 'kfunc_exist',
  doc: 'True if the kernel has a function of that name, as its BTF tells.',
  example: 'begin { if comptime (kfunc_exist("vfs_read")) { printf("it can be traced\\n"); } }',
  params: [{ name: 'name', takes: ['text'] }],
  returns: bool,
  constant: ([name], { hasKernelFunction }) =>
    typeof name?.constant === 'string' ? hasKernelFunction(textOf(name.constant)) : undefined,
  emit: known,
});
