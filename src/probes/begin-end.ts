/** begin and end: before tracing starts and after it has stopped. tstrace runs them itself. */

import type { ProbeDefinition } from './define.ts';
import { defineProbe } from './define.ts';
import { reportForm } from './target-errors.ts';

const special = (name: 'begin' | 'end', doc: string): ProbeDefinition =>
  defineProbe({
    name,
    unfiltered: true,
    aliases: [],
    doc,
    example: `${name} { printf("${name === 'begin' ? 'Tracing' : 'Done'}\\n"); }`,
    forms: [name],
    // A raw tracepoint program can be run by BPF_PROG_TEST_RUN without being attached anywhere (since 5.10).
    programType: 'raw_tracepoint',
    resolve: (target, _source, report) => {
      if (target.parts.length > 0) {
        reportForm({ name, forms: [name] }, target, report);
        return [];
      }
      return [
        { name, attachment: { kind: name }, context: { space: 'kernel', arguments: [] }, contextKey: name },
      ];
    },
  });

export const begin = special('begin', 'Runs once, before the other probes are attached.');
export const end = special('end', 'Runs once, after the other probes have been detached.');
