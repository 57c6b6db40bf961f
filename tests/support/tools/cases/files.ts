/** Tools for files, file systems and disks. */

import { somewhere } from '../template.ts';
import type { ToolCase } from '../tool-case.ts';

export const fileCases: readonly ToolCase[] = [
  {
    tool: 'opens',
    command: '{programs}/files opens',
    prints: `
      TIME COMM PID RESULT PATH
      ...
      #:#:# files # # first.txt
      #:#:# files # # first.txt
      #:#:# files # No such file or directory absent.txt`,
  },
  {
    tool: 'notfound',
    command: '{programs}/files misses',
    prints: somewhere(
      '@missing[files, ./absent.exec]: 1',
      '@missing[files, absent.access]: 1',
      '@missing[files, absent.open]: 1',
      '@missing[files, absent.stat]: 1',
    ),
  },
  {
    tool: 'blocklat',
    command: '{programs}/files direct',
    prints: somewhere('@bytes[#, #, R*]: 32768', '@us[#, #, R*]:'),
  },
  {
    tool: 'blockio',
    command: '{programs}/files direct',
    prints: `
      TIME COMM PID MAJ:MIN KIND SECTOR BYTES US
      ...
      #:#:# files # #:# R* # 4096 #
      #:#:# files # #:# R* # 4096 #
      #:#:# files # #:# R* # 4096 #
      #:#:# files # #:# R* # 4096 #
      #:#:# files # #:# R* # 4096 #
      #:#:# files # #:# R* # 4096 #
      #:#:# files # #:# R* # 4096 #
      #:#:# files # #:# R* # 4096 #`,
  },
  {
    tool: 'changes',
    command: '{programs}/files moves',
    prints: `
      TIME COMM PID CALL RESULT NAMES
      #:#:# files # mkdir done /tmp/deeds-*
      #:#:# files # rename done old.txt -> new.txt
      #:#:# files # unlink done new.txt
      #:#:# files # unlink No such file or directory new.txt
      #:#:# files # mkdir done folder
      #:#:# files # rmdir done folder
      #:#:# files # rmdir done /tmp/deeds-*`,
  },
  {
    tool: 'mounts',
    command: '{programs}/files mounts',
    prints: `
      TIME COMM PID CALL TYPE RESULT SOURCE AND PLACE
      #:#:# files # mount - done none on /
      #:#:# files # mount tmpfs done deeds on place
      #:#:# files # mount nosuchfs No such device deeds on place
      #:#:# files # umount - done place`,
  },
  {
    tool: 'syncs',
    command: '{programs}/files syncs',
    prints: somewhere('@us[files, fdatasync]:\n* 1 |@*|', '@us[files, fsync]:'),
  },
  {
    tool: 'filebytes',
    command: '{programs}/files writes',
    lacks: { here: 'fexit' },
    prints: somewhere(
      '@read_bytes[files, data.bin]: 32768',
      '@written_bytes[files, data.bin]: 32768',
      '@writes[files, data.bin]: 8',
    ),
  },
  {
    tool: 'filelat',
    command: '{programs}/files writes syncs',
    lacks: { here: 'fentry' },
    prints: somewhere('@us[tmpfs, read]:', '@us[tmpfs, write]:'),
  },
];
