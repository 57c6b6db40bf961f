/** `tstrace --explain CODE`: what the code of a message means. */

import { diagnosticCodes } from '../../base/diagnostic.ts';
import { nearestNames } from '../../base/did-you-mean.ts';
import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import type { Explanation } from '../explanations.ts';
import { explanations } from '../explanations.ts';
import type { UsageError } from '../options.ts';
import { wrap } from '../wrap.ts';

const widthMax = 90;

/** The code may be written as it stands in messages, with its brackets. */
export function explainCode(written: string): Result<string, UsageError> {
  const wanted = written.replace(/^\[|\]$/g, '');
  const code = diagnosticCodes.find((known) => known === wanted);
  if (code !== undefined) return ok(explanationText(code, explanations[code]));
  const near = nearestNames(wanted, diagnosticCodes);
  return failed({
    message: `No message has the code '${wanted}'`,
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${diagnosticCodes.join(', ')}.`,
  });
}

function explanationText(code: string, { text, wrong, right }: Explanation): string {
  return [
    `${code}\n`,
    ...wrap(text, widthMax),
    ...(wrong !== undefined ? ['', 'This gets it:', '', indent(wrong)] : []),
    ...(right !== undefined ? ['', 'This does not:', '', indent(right)] : []),
    '',
  ].join('\n');
}

const indent = (script: string): string =>
  (script === '' ? '(an empty script)' : script).replace(/^/gm, '    ');
