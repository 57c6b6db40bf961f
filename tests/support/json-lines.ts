/** Lines of JSON held against docs/output.schema.json: every run of the tests that prints some is. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';

export interface LineForm {
  readonly examples: readonly object[];
}

interface OutputSchema {
  readonly oneOf: readonly { readonly $ref: string }[];
  readonly $defs: Readonly<Record<string, LineForm>>;
}

const file = join(import.meta.dirname, '../../docs/output.schema.json');
export const outputSchema = JSON.parse(readFileSync(file, 'utf8')) as OutputSchema; // the tests of this file's users show it

/** The types that lines may have. */
export const lineTypes = outputSchema.oneOf.map(({ $ref }) => $ref.replace('#/$defs/', ''));

const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
ajv.addSchema(outputSchema, 'output');

/** What is wrong with a line, by the form of its type; nothing if it is as the schema says. */
export function complaintsAbout(line: unknown): readonly string[] {
  const type = typeof line === 'object' && line !== null && 'type' in line ? String(line.type) : undefined;
  if (type === undefined || !lineTypes.includes(type)) return [`no type of line: ${String(type)}`];
  const whole = validator('output');
  // Of all forms at once the messages would be about those that aren't meant.
  const form = validator(`output#/$defs/${type}`);
  if (form(line) && whole(line)) return [];
  return (form.errors ?? whole.errors ?? []).map(
    ({ instancePath, message }) => `${type}${instancePath} ${message}`,
  );
}

function validator(reference: string): ValidateFunction {
  const found = ajv.getSchema(reference);
  if (!found) throw new Error(`the schema has no ${reference}`);
  return found;
}

/** What a run with -f json has printed; throws if a line is not as the schema says. */
export function checkJsonLines(stdout: string, encoding: 'latin1' | 'utf8'): void {
  const text = new TextDecoder('utf8', { fatal: true }).decode(Buffer.from(stdout, encoding));
  const wrong = text
    .split('\n')
    // The marker of probes that are attached is for tests only, and no line of the stream.
    .filter((line) => line !== '' && !line.startsWith('__BPFTRACE_NOTIFY'))
    .flatMap((line) =>
      complaintsAbout(parsed(line)).map((complaint) => `${complaint}: ${line.slice(0, 500)}`),
    );
  if (wrong.length > 0) throw new Error(`JSON against docs/output.schema.json:\n${wrong.join('\n')}`);
  if (text !== '' && !text.endsWith('\n')) throw new Error('JSON does not end with a line break');
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`no JSON: ${line.slice(0, 500)}`);
  }
}

export const asksForJson = (args: readonly string[]): boolean =>
  args.some((word, index) => word === '-fjson' || (word === '-f' && args[index + 1] === 'json'));
