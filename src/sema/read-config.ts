/** The config block: keys and values of a script become settings. */

import { didYouMean } from '../base/did-you-mean.ts';
import type { Report } from '../base/diagnostic.ts';
import type { Config, ConfigEntry, ConfigValue } from '../parser/ast.ts';
import type { WrittenValue } from '../plan/setting-keys.ts';
import {
  environmentOnly,
  renamedKeys,
  retiredKeys,
  settingKey,
  settingKeys,
  settingOf,
} from '../plan/setting-keys.ts';
import type { Settings } from '../plan/settings.ts';

/** Only what the block sets; wrong entries are reported and left out. */
export function readConfig(config: Config | undefined, report: Report): Partial<Settings> {
  let settings: Partial<Settings> = {};
  for (const entry of config?.entries ?? []) settings = { ...settings, ...readEntry(entry, report) };
  return settings;
}

/** Keys are written in any case, and may carry the tool's name. */
const plainName = (written: string): string => written.toLowerCase().replace(/^(bpf|ts)trace_/, '');

function readEntry({ key: written, value }: ConfigEntry, report: Report): Partial<Settings> {
  const { span } = written;
  const name = plainName(written.text);
  if (retiredKeys.has(name)) {
    report.warning('deprecated', `${written.text} is deprecated and has no effect`, span);
    return {};
  }
  if (environmentOnly.has(name)) {
    report.error('bad-config', `${written.text} can only be set as an environment variable`, span, {
      hints: [`Run it with TSTRACE_${name.toUpperCase()}=… before the command.`],
    });
    return {};
  }
  const renamed = renamedKeys.get(name);
  if (renamed)
    report.warning('deprecated', `${written.text} is now called ${renamed.name}`, span, {
      hints: [
        renamed.inverted ? `Write ${renamed.name} with the opposite value.` : `Write ${renamed.name} = …`,
      ],
    });
  const key = settingKey(renamed?.name ?? name);
  if (!key) {
    const near = didYouMean(
      name,
      settingKeys.map((known) => known.name),
    );
    report.error('bad-config', `${written.text}: not a known configuration option`, span, { hints: near });
    return {};
  }
  const read = key.read(writtenValue(value, renamed?.inverted === true));
  if (!('problem' in read)) return settingOf(key, read.value);
  report.error('bad-config', `${written.text} ${read.problem}`, value.span);
  return {};
}

function writtenValue(value: ConfigValue, inverted: boolean): WrittenValue {
  const written = value.kind === 'identifier' ? value.name : value.value;
  return inverted ? opposite(written) : written;
}

const opposites: ReadonlyMap<string, boolean> = new Map([
  ['1', false],
  ['true', false],
  ['0', true],
  ['false', true],
]);

const opposite = (written: WrittenValue): WrittenValue =>
  opposites.get(String(written).toLowerCase()) ?? written;
