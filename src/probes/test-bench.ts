/** test and bench: what a script says about itself. Their programs run on a made-up packet, in runs of --test and --bench only. */

import type { ProbeDefinition } from './define.ts';
import { defineProbe } from './define.ts';
import { reportForm } from './target-errors.ts';

type Kind = 'test' | 'bench';

const trial = (kind: Kind, doc: string, example: string): ProbeDefinition => {
  const forms = [`${kind}:NAME`];
  return defineProbe({
    name: kind,
    aliases: [],
    doc,
    example,
    forms,
    // The kernel runs these as often as it is asked to, and says how long it took (since 4.12).
    programType: 'xdp',
    resolve: (target, _source, report) => {
      const [name, more] = target.parts;
      if (!name || !/^[A-Za-z0-9_.-]+$/.test(name.text) || more) {
        reportForm({ name: kind, forms }, target, report);
        return [];
      }
      const label = `${kind}:${name.text}`;
      return [
        {
          name: label,
          attachment: { kind, name: name.text },
          context: { space: 'kernel', arguments: [] },
          contextKey: label,
        },
      ];
    },
  });
};

export const test = trial(
  'test',
  'A test of the script: --test runs each once. It passes if it returns 0, tells no errorf and does not exit with another code.',
  'test:halves { assert(@half == 3, "division truncates"); } begin { @half = 7 / 2; }',
);

export const bench = trial(
  'bench',
  'Something to be measured: --bench repeats it until a millisecond has gone by, and tells the mean. Returning 1 leaves it out.',
  'bench:count { @ = count(); } begin { printf("--bench measures\\n"); exit(); }',
);
