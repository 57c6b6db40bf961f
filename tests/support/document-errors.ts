/** docs/errors.md, made from the explanations. */

import { diagnosticCodes } from '../../src/base/diagnostic.ts';
import { explanations } from '../../src/cli/explanations.ts';

export function documentErrors(): string {
  return [
    '# Errors and warnings',
    '',
    'Every message about a script ends with its code in brackets, but for warnings while it runs; `tstrace --explain CODE` prints what stands here. Made from `src/cli/explanations.ts`; do not edit. `UPDATE_DOCS=1 npx vitest run tests/unit/docs.test.ts` writes it anew.',
    '',
    ...diagnosticCodes.flatMap((code) => {
      const { text, wrong, right } = explanations[code];
      return [
        `## ${code}`,
        '',
        text,
        '',
        ...(wrong ? ['This gets it:', '', indented(wrong), ''] : []),
        ...(right !== undefined ? ['This does not:', '', indented(right), ''] : []),
      ];
    }),
  ].join('\n');
}

const indented = (script: string): string => script.replace(/^/gm, '    ');
