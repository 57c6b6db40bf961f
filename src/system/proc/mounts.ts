/** The file systems that are mounted, from the text of /proc/mounts. */

export interface Mount {
  readonly device: string;
  readonly path: string;
  readonly type: string;
}

export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [device, path, type] = line.split(' ');
    return device !== undefined && path !== undefined && type !== undefined
      ? [{ device: unescape(device), path: unescape(path), type }]
      : [];
  });
}

/** Blanks in paths are written as octal numbers (fs/proc_namespace.c, mangle). */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
