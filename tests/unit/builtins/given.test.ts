/** path, socket_cookie, skboutput, percpu_kaddr, unwatch and config: where they may stand, and what they take. */

import { expect, test } from 'vitest';
import { checkAnalysis, typesIn } from '../../support/analysis.ts';

test('path and socket_cookie take pointers that the probe was given', () =>
  checkAnalysis(`
    fentry:f {
      print(path(args.file->f_path));
      print(path(args.file->f_path, 16));
      print(path(args.file->f_path, 1025));
                                 // ^^^^ bad-argument
      print(path(args.file));
              // ^^^^^^^^^ wrong-argument-type
      $file = args.file;
      print(path($file->f_path));
              // ^^^^^^^^^^^^^ wrong-argument-type
      print(socket_cookie((struct sock *)args.file));
      print(socket_cookie((struct sock *)args.count));
                       // ^^^^^^^^^^^^^^^^^^^^^^^^^ wrong-argument-type
      print(socket_cookie(args.file));
                       // ^^^^^^^^^ wrong-argument-type
    }
    kprobe:f { print(socket_cookie(arg0)); }
                  // ^^^^^^^^^^^^^^^^^^^ not-available-here
  `));

test('skboutput takes a packet, a path and lengths', () =>
  checkAnalysis(`
    fentry:f {
      skboutput("f.pcap", args.file->f_packet, args.count, 0);
      print(skboutput("f.pcap", args.file->f_packet, args.file->f_packet->len, 14));
      skboutput("f.pcap", args.file, 1, 0);
                       // ^^^^^^^^^ wrong-argument-type
      skboutput("", args.file->f_packet, -1, 0);
             // ^^ bad-argument
                                      // ^^ bad-argument
      skboutput(args.count, args.file->f_packet, 1, 0);
             // ^^^^^^^^^^ wrong-argument-type
      skboutput("f.pcap", args.file->f_packet, 1);
   // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ wrong-argument-count
    }
    kprobe:f { skboutput("f.pcap", arg0, 1, 0); }
            // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not-available-here
  `));

test('percpu_kaddr is about variables that each CPU has', () =>
  checkAnalysis(`
    kprobe:f {
      print(percpu_kaddr("process_counts"));
      print(percpu_kaddr("f"));
                      // ^^^ bad-argument
      print(percpu_kaddr("nothing", 1));
                      // ^^^^^^^^^ bad-argument
    }
  `));

test('config is a record of the settings', () => {
  expect(
    typesIn('print(config.max_strlen); print(config.stack_mode); print(config.print_maps_on_exit);'),
  ).toEqual(['print(1024:uint64):void', 'print("bpftrace":string[9]):void', 'print(1:bool):void']);
  return checkAnalysis(`
    begin { print(config.max_strlens); }
                      // ^^^^^^^^^^^ unknown-field
  `);
});
