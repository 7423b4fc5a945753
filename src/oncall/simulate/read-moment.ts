import { IANAZone } from 'luxon';
import { instantOf, labelAt } from '../../core/wall-time.ts';

/** A moment that somebody wrote down. */
export interface Moment {
  /** Epoch ms. */
  readonly at: number;
  /** The zone it was read in; null when it carried an offset of its own. */
  readonly zone: string | null;
  /** How a wall time was read that does not exist, or exists twice; null: it exists once. */
  readonly note: string | null;
}

const DAY_MS = 24 * 3600_000;
const FORM = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?(?:\s*(Z|[+-]\d\d:?\d\d)|\s+(\S+))?$/i;

/**
 * Reads `2027-03-28 02:30 Europe/Lisbon`, `2027-03-28T02:30:00Z`, or a wall time of `zone`; null when it is none of
 * them. A wall time in a skipped hour is the jump, one in a doubled hour the first of the two (DESIGN.md, Details).
 */
export function readMoment(text: string, zone: string): Moment | null {
  const [, date, time = '00:00', offset, named] = FORM.exec(text.trim()) ?? [];
  if (date === undefined) return null;
  const label = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(label) || new Date(label).toISOString().slice(0, 10) !== date) return null;
  if (offset !== undefined) {
    const at = Date.parse(`${date}T${time}${offset.toUpperCase()}`);
    return Number.isNaN(at) ? null : { at, zone: null, note: null };
  }
  const read = named ?? zone;
  return IANAZone.isValidZone(read) ? wallTime(label, read) : null;
}

function wallTime(label: number, zone: string): Moment {
  const at = instantOf(zone, label);
  const shown = new Date(label).toISOString().slice(0, 16).replace('T', ' ');
  const moment = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (labelAt(zone, at) !== label) {
    const note = `${shown} does not exist in ${zone}, the clocks skip it: read as the jump, ${moment}.`;
    return { at, zone, note };
  }
  if (!existsTwice(label, at, zone)) return { at, zone, note: null };
  return { at, zone, note: `${shown} exists twice in ${zone}: read as the first, ${moment}.` };
}

function existsTwice(label: number, at: number, zone: string): boolean {
  const offsetAt = (moment: number) => labelAt(zone, moment) - moment;
  const later = at + offsetAt(at) - offsetAt(at + DAY_MS);
  return later > at && labelAt(zone, later) === label;
}
