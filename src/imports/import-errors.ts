/** What can be wrong with an import. */

import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { SysError } from '../base/result.ts';
import type { Span } from '../base/span.ts';
import { reasonOf } from '../base/sys-reason.ts';

interface Wanted {
  readonly path: string;
  readonly span: Span;
}

export const unreadable = ({ path, span }: Wanted, error: SysError): Diagnostic =>
  diagnostic('error', 'bad-import', `'${path}' can't be imported: ${reasonOf(error)}`, span, {
    hints: [
      /(^|\/)stdlib\//.test(path)
        ? 'The standard library is built in: leave the import out.'
        : 'Paths are relative to the script that imports.',
    ],
  });

export const unknownKind = (
  { path, span }: Wanted,
  kinds: readonly (readonly [ending: string, ...unknown[]])[],
): Diagnostic =>
  diagnostic('error', 'bad-import', `'${path}' is nothing that can be imported`, span, {
    hints: [
      `What can: files that end in ${kinds.map(([ending]) => ending).join(', ')}, and folders with some.`,
    ],
  });

export const nothingWithin = ({ path, span }: Wanted): Diagnostic =>
  diagnostic('warning', 'bad-import', `The folder '${path}' has nothing in it that can be imported`, span);

export const openToAll = ({ path, span }: Wanted): Diagnostic =>
  diagnostic('error', 'unsafe-import', `'${path}' is not imported: everybody can change it`, span, {
    hints: [`Take the right to write from others: chmod o-w ${path}`],
  });

export const leftOut = ({ path, span }: Wanted): Diagnostic =>
  diagnostic('warning', 'unsafe-import', `'${path}' is left out: everybody can change it`, span, {
    hints: [`Take the right to write from others: chmod o-w ${path}`],
  });

export const configInImport = (span: Span): Diagnostic =>
  diagnostic('error', 'misplaced-section', 'A script that is imported has no config block', span, {
    hints: ['Settings are those of the script that is run: move the block there.'],
  });

export const unstable = (state: 'warn' | 'error', span: Span): Diagnostic =>
  diagnostic(
    state === 'error' ? 'error' : 'warning',
    'unstable',
    'Unstable: an import within a block may change its meaning from one release to the next',
    span,
    {
      hints: [
        'Import at the top of the script, or say that you know: config = { unstable_import_statement = enable; }',
      ],
    },
  );
