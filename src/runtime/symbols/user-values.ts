/** Whether a plan shows addresses of processes by name: only then is what processes map worth following. */

import type { Plan } from '../../plan/plan.ts';
import type { Type } from '../../types/type.ts';

/** True if a map or an event has a value that is shown through the symbols of a process. */
export function showsUserSymbols(plan: Plan): boolean {
  const ofMaps = plan.maps.flatMap(({ script }) => (script ? [...script.key, script.value] : []));
  const ofEvents = plan.events.flatMap(({ record }) => record.fields.map(({ type }) => type));
  return [...ofMaps, ...ofEvents].some(isUserSymbol);
}

function isUserSymbol(type: Type): boolean {
  switch (type.kind) {
    case 'stack':
      // Frames by build id may lack theirs, and are then looked up.
      return type.space === 'user' && type.mode !== 'raw';
    case 'symbol':
      return type.space === 'user';
    case 'tuple':
      return type.of.some(isUserSymbol);
    case 'array':
      return isUserSymbol(type.of);
    default:
      return false;
  }
}
