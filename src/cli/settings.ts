/** Settings from the environment: TSTRACE_KEY, or BPFTRACE_KEY where that is not set. */

import type { Result } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { SettingKey } from '../plan/setting-keys.ts';
import { renamedKeys, settingKey, settingKeys, settingOf } from '../plan/setting-keys.ts';
import type { Settings } from '../plan/settings.ts';
import type { UsageError } from './options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable by its name without the prefix. */
export function variable(environment: Environment, key: string): string | undefined {
  return environment[`TSTRACE_${key}`] ?? environment[`BPFTRACE_${key}`];
}

/** The settings that the environment makes, or the first variable whose value can't be used. */
export function readSettings(environment: Environment): Result<Partial<Settings>, UsageError> {
  let found: Partial<Settings> = {};
  const older = [...renamedKeys].flatMap(([name, { name: now, inverted }]) => {
    const key = settingKey(now);
    return key ? [{ name, key, inverted }] : [];
  });
  const current = settingKeys.map((key) => ({ name: key.name, key, inverted: undefined }));
  for (const { name, key, inverted } of [...older, ...current]) {
    const text = variable(environment, name.toUpperCase());
    if (text === undefined) continue;
    const read = readVariable(name, key, text);
    if (!read.ok) return read;
    found = { ...found, ...(inverted ? invert(read.value) : read.value) };
  }
  return ok(found);
}

function readVariable(name: string, key: SettingKey, text: string): Result<Partial<Settings>, UsageError> {
  const read = key.read(text);
  if ('problem' in read) return failed({ message: `TSTRACE_${name.toUpperCase()} ${read.problem}` });
  return ok(settingOf(key, read.value));
}

const invert = (settings: Partial<Settings>): Partial<Settings> =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, !value]));
