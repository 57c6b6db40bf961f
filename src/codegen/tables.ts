/** What a module gathers while its programs are written: events, texts and places that records refer to by number. */

import type { Span } from '../base/span.ts';
import type { EventPlan, Place as ScriptPlace } from '../plan/plan.ts';
import type { ByteText } from '../types/value.ts';

export class Tables {
  readonly events: EventPlan[];
  readonly strings: ByteText[];
  readonly places: ScriptPlace[];

  constructor(from?: Tables) {
    this.events = [...(from?.events ?? [])];
    this.strings = [...(from?.strings ?? [])];
    this.places = [...(from?.places ?? [])];
  }

  /** The number that its records begin with. */
  event(event: EventPlan): number {
    return this.events.push(event) - 1;
  }

  text(text: ByteText): number {
    const known = this.strings.indexOf(text);
    return known >= 0 ? known : this.strings.push(text) - 1;
  }

  place(span: Span, message: string): number {
    const known = this.places.findIndex((place) => place.message === message && place.span.start === span.start && place.span.end === span.end);
    return known >= 0 ? known : this.places.push({ span, message }) - 1;
  }
}
