/** Tells systemd, if it has started us and wants to know, when probes are attached and when they are no more. */

import { diagnostic } from '../base/diagnostic.ts';
import { reasonOf } from '../base/sys-reason.ts';
import type { Notices } from '../output/notices.ts';
import { notify } from '../runtime/kernel/notify-socket.ts';
import type { World } from './world.ts';

export function notifyManager(
  { environment }: Pick<World, 'environment'>,
  notices: Notices,
  state: 'READY=1' | 'STOPPING=1',
): void {
  const name = environment['NOTIFY_SOCKET'];
  if (name === undefined || name === '') return;
  const sent = notify(name, state);
  if (sent.ok) return;
  const message = `The service manager can't be told ${state} through NOTIFY_SOCKET: ${reasonOf(sent.error)}`;
  notices.diagnostics([diagnostic('warning', 'runtime-warning', message)]);
}
