/** The regular files in a tar archive (ustar, with GNU's and pax's long names: tar(5)). Pure. */

import { record, decodeRecord } from '../types/record.ts';
import { arrayOf, u8 } from '../types/type.ts';

export interface TarFile {
  /** Relative, with its folders; never upwards. */
  readonly path: string;
  readonly contents: Uint8Array;
}

const blockBytes = 512;
const text = (length: number) => arrayOf(u8, length);
const header = record({
  name: text(100),
  mode: text(8),
  uid: text(8),
  gid: text(8),
  bytes: text(12),
  time: text(12),
  checksum: text(8),
  type: text(1),
  link: text(100),
  magic: text(6),
  version: text(2),
  user: text(32),
  group: text(32),
  major: text(8),
  minor: text(8),
  prefix: text(155),
});

/** Undefined if it is no archive, is cut short, or has a path that leads out of the folder that it is unpacked in. */
export function filesInTar(archive: Uint8Array): readonly TarFile[] | undefined {
  const files: TarFile[] = [];
  let longName: string | undefined;
  for (let at = 0; at + blockBytes <= archive.length;) {
    const fields = decodeRecord(header, archive.subarray(at, at + header.size));
    // The end: blocks of zeros.
    if (fields.name[0] === 0 && longName === undefined) return files;
    const bytes = octal(fields.bytes);
    const contents = archive.subarray(at + blockBytes, at + blockBytes + bytes);
    if (!textOf(fields.magic).startsWith('ustar') || contents.length < bytes) return undefined;
    const kind = textOf(fields.type);
    const name =
      longName ?? [textOf(fields.prefix), textOf(fields.name)].filter((part) => part !== '').join('/');
    longName = longNameIn(kind, contents);
    if (kind === '0' || kind === '') {
      if (leadsOut(name)) return undefined;
      files.push({ path: name, contents });
    }
    at += blockBytes + Math.ceil(bytes / blockBytes) * blockBytes;
  }
  return undefined;
}

/** Of the entry that follows: GNU's type L, pax's type x. */
function longNameIn(kind: string, contents: Uint8Array): string | undefined {
  if (kind === 'L') return textOf(contents);
  if (kind !== 'x') return undefined;
  return /^\d+ path=(.*)$/m.exec(Buffer.from(contents).toString())?.[1];
}

const leadsOut = (path: string): boolean => path.startsWith('/') || path.split('/').includes('..');

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString();
}

/** Sizes beyond eight octal digits, which have another form, are those of files that no header is. */
const octal = (bytes: Uint8Array): number => Number.parseInt(textOf(bytes).trim(), 8) || 0;
