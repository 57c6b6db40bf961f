/**
 * What yargs asks of its platform, in place of its own file for Node: that one makes process.stdout, reads the working
 * directory and loads the printer of help texts as soon as it is imported, which costs time, and which a start-up
 * snapshot must not hold. We print our own help and messages, so nothing that yargs would need for them is here.
 */
import { notStrictEqual, strictEqual } from 'node:assert';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { format, inspect } from 'node:util';
import Parser from 'yargs-parser';

const unused = (what) => () => {
  throw new Error(`yargs asks for ${what}, which tstrace does without`);
};

/** In the place of node:module: with it, yargs-parser reads files of options, which we have none of. */
export const createRequire = undefined;

export default {
  assert: { notStrictEqual, strictEqual },
  cliui: unused('a help text'),
  // The nearest package.json, in which projects may set yargs up: a user's must not change how we read options.
  findUp: () => undefined,
  getCallerFile: unused('its caller'),
  getEnv: (name) => process.env[name],
  getProcessArgvBin: () => 'tstrace',
  inspect,
  mainFilename: '/',
  Parser,
  path: { basename, dirname, extname, join, relative, resolve },
  process: {
    argv: () => process.argv,
    cwd: () => '/',
    emitWarning: (warning, type) => process.emitWarning(warning, type),
    execPath: () => process.execPath,
    exit: unused('an end'),
    nextTick: process.nextTick,
    stdColumns: null,
  },
  readFileSync: unused('a file'),
  readdirSync: unused('a folder'),
  require: unused('a module'),
  stringWidth: (text) => text.length,
  y18n: {
    __: (text, ...values) => format(text, ...values),
    __n: (one, many, count, ...values) => format(count === 1 ? one : many, ...values),
    getLocale: () => 'en',
    setLocale: () => undefined,
    updateLocale: () => undefined,
  },
};
