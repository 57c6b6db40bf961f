/** Tools for the network. All that the deeds send stays on the loopback device. */

import { somewhere } from '../template.ts';
import type { ToolCase } from '../tool-case.ts';

export const networkCases: readonly ToolCase[] = [
  {
    tool: 'connects',
    command: '{programs}/network talks refused',
    prints: `
      TIME COMM PID TO PORT MS RESULT
      #:#:# network # 127.0.0.1 # #.# connected
      #:#:# network # 127.0.0.1 # #.# Connection refused`,
  },
  {
    tool: 'accepts',
    command: '{programs}/network talks',
    lacks: { here: 'fentry' },
    prints: `
      TIME COMM PID FROM PORT AT QUEUE
      #:#:# network # 127.0.0.1 # # 1/5`,
  },
  {
    tool: 'tcplives',
    command: '{programs}/network talks',
    prints: [
      'TIME COMM HERE PORT THERE PORT MS RECEIVED SENT\n#:#:# *\n#:#:# *',
      ...somewhere('#:#:# network 127.0.0.1 # 127.0.0.1 # #.# 11 1002'),
      ...somewhere('#:#:# network 127.0.0.1 # 127.0.0.1 # #.# 1001 1#'),
    ],
  },
  {
    tool: 'retransmits',
    command: '{programs}/network repeats',
    prints: somewhere('#:#:# 127.0.0.1 # 127.0.0.1 # syn_sent'),
  },
  {
    tool: 'resets',
    command: '{programs}/network refused resets',
    prints: somewhere(
      '#:#:# sent 127.0.0.1 # 127.0.0.1 #',
      '#:#:# received 127.0.0.1 # 127.0.0.1 #\n...\n#:#:# received 127.0.0.1 # 127.0.0.1 #',
    ),
  },
  {
    tool: 'drops',
    command: '{programs}/network datagrams refused',
    prints: somewhere('@drops[*NO_SOCKET, *udp*, 2048]: 1', '@drops[*NO_SOCKET, tcp_v4_rcv, 2048]: 1'),
  },
  {
    tool: 'listens',
    command: '{programs}/network talks',
    prints: `
      TIME COMM PID EVENT ADDRESS PORT
      #:#:# network # begins 127.0.0.1 #
      #:#:# network # ends 127.0.0.1 #`,
  },
  {
    tool: 'lookups',
    command: '{programs}/network lookups',
    parameters: ['/lib/x86_64-linux-gnu/libc.so.6'],
    prints: `
      TIME COMM PID MS RESULT NAME
      #:#:# network # #.# 0 localhost
      #:#:# network # #.# # no such name`,
  },
  {
    tool: 'traffic',
    command: '{programs}/network talks',
    lacks: { '6.1': 'tracepoint sock:sock_send_length (Linux 6.3)' },
    prints: somewhere(
      '@received[network, ipv4]: 1010',
      '@receives[network, ipv4]: 2',
      '@sends[network, ipv4]: 2',
      '@sent[network, ipv4]: 1010',
    ),
  },
];
