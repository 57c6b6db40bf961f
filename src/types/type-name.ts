/** How a type reads in messages and in `-d types`: bpftrace's own names. */

import type { Type } from './type.ts';

const named = (type: Type, name: string | undefined): string =>
  name === undefined ? typeName(type) : `${name}=${typeName(type)}`;

export function typeName(type: Type): string {
  switch (type.kind) {
    case 'int':
      return `${type.signed ? 'int' : 'uint'}${type.bytes * 8}`;
    case 'enum':
      return `enum ${type.name === '' ? '<anonymous>' : type.name}`;
    case 'bool':
      return 'bool';
    case 'string':
      return `string[${type.capacity}]`;
    case 'buffer':
      return `buffer[${type.capacity}]`;
    case 'pointer':
      return type.to.kind === 'none' ? 'void *' : `${typeName(type.to)} *`;
    case 'array':
      return `${typeName(type.of)}[${type.length}]`;
    case 'struct':
      return `${type.keyword} ${type.name === '' ? '<anonymous>' : type.name}`;
    case 'tuple':
      return `(${type.of.map((part, index) => named(part, type.names?.[index])).join(',')})`;
    case 'stack':
      return type.space === 'kernel' ? 'kstack_t' : 'ustack_t';
    case 'symbol':
      return type.space === 'kernel' ? 'ksym_t' : 'usym_t';
    case 'inet':
      return 'inet';
    case 'timestamp':
      return 'timestamp';
    case 'username':
      return 'username_t';
    case 'macaddr':
      return 'macaddr_t';
    case 'cgroup-path':
      return 'cgroup_path_t';
    case 'aggregate':
      return `${type.signed || type.name === 'count' ? '' : 'u'}${type.name}_t`;
    case 'none':
      return 'void';
    case 'error':
      return '<error>';
  }
}
