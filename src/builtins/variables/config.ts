/** config: the settings in effect, known when compiling. */

import { settingKeys } from '../../plan/setting-keys.ts';
import { byteText } from '../../types/value.ts';
import { none } from '../../types/type.ts';
import type { Constant } from '../define.ts';
import { defineVariable } from '../define.ts';

export const config = defineVariable({
  name: 'config',
  doc: 'The settings in effect, as a record: config.max_strlen is what the environment, the config block or the default says.',
  example: 'begin { printf("maps hold %d keys\\n", config.max_map_keys); }',
  type: none,
  constant: ({ settings }) =>
    Object.fromEntries(
      settingKeys.map(({ name, setting }): [string, Constant] => {
        const value = settings[setting];
        if (typeof value === 'boolean') return [name, value];
        return [name, typeof value === 'number' ? BigInt(value) : byteText(value)];
      }),
    ),
  emit: (out) => out.int(0),
});
