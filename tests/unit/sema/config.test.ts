/** The config block: which settings a script makes, and what is wrong with one. */

import { expect, test } from 'vitest';
import { Report } from '../../../src/base/diagnostic.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { parse } from '../../../src/parser/parse.ts';
import { settingKeys } from '../../../src/plan/setting-keys.ts';
import type { Settings } from '../../../src/plan/settings.ts';
import { defaultSettings, settled } from '../../../src/plan/settings.ts';
import { readConfig } from '../../../src/sema/read-config.ts';
import { checkDiagnostics } from '../../support/check-diagnostics.ts';

function configured(block: string): Partial<Settings> {
  const report = new Report();
  const settings = readConfig(parse(sourceFile('test', `${block} begin { }`)).value.config, report);
  expect(report.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return settings;
}

test.each<readonly [string, Partial<Settings>]>([
  ['max_strlen = 200; max_map_keys = 10', { maxStrlen: 200, maxMapKeys: 10 }],
  ['missing_probes = warn', { missingProbes: 'warn' }],
  ['missing_probes = "ignore"', { missingProbes: 'ignore' }],
  ['print_maps_on_exit = false', { printMapsOnExit: false }],
  ['print_maps_on_exit = 0', { printMapsOnExit: false }],
  ['print_maps_on_exit = on', { printMapsOnExit: true }],
  ['stack_mode = perf', { stackMode: 'perf' }],
  ['license = "Dual BSD/GPL"', { license: 'Dual BSD/GPL' }],
  ['str_trunc_trailer = "…"', { strTruncTrailer: '\xe2\x80\xa6' }],
  ['BPFTRACE_MAX_STRLEN = 64', { maxStrlen: 64 }],
  ['Max_Strlen = 64', { maxStrlen: 64 }],
  ['unstable_typeinfo = true', { unstableTypeinfo: 'enable' }],
  ['unstable_tseries = false', { unstableTseries: 'error' }],
  ['cache_user_symbols = 1', { cacheUserSymbols: 'PER_PROGRAM' }],
  ['map_keys_max = 7', { maxMapKeys: 7 }],
  ['no_cpp_demangle = true', { cppDemangle: false }],
  ['unstable_macro = true', {}],
  ['', {}],
])('%s', (entries, settings) => {
  expect(configured(`config = { ${entries} }`)).toEqual(settings);
});

test('every setting but those of options and for tests has a key, and every key takes its default', () => {
  const named = settingKeys.map(({ setting }) => setting);
  expect([...named, 'reportFailures', 'originFields', 'clockMap'].sort()).toEqual(
    Object.keys(defaultSettings).sort(),
  );
  for (const { setting, read } of settingKeys)
    expect(read(String(defaultSettings[setting]))).toEqual({ value: defaultSettings[setting] });
});

test('the environment beats the script, which beats the defaults', () => {
  const settings = settled({ maxStrlen: 100, maxMapKeys: 5 }, { maxStrlen: 50 });
  expect(settings).toMatchObject({ maxStrlen: 50, maxMapKeys: 5, logSize: defaultSettings.logSize });
});

const checkConfig = (script: string): void =>
  checkDiagnostics(script, (source) => {
    const report = new Report();
    readConfig(parse(source).value.config, report);
    return report.diagnostics;
  });

test('what is wrong is told at its place', () =>
  checkConfig(`config = {
  max_strln = 5;
//^^^^^^^^^ bad-config
  max_strlen = many;
//             ^^^^ bad-config
  max_map_keys = 0;
//               ^ bad-config
  print_maps_on_exit = perhaps;
//                     ^^^^^^^ bad-config
  license = "MIT";
//          ^^^^^ bad-config
  btf = "/boot/btf";
//^^^ bad-config
  strlen = 5;
//^^^^^^ deprecated
//         ^ bad-config
  symbol_source = "dwarf";
//^^^^^^^^^^^^^ deprecated
}
begin { }`));
