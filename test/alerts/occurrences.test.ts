import { describe, expect, it } from 'vitest';
import { applyAlert, type KnownOccurrence } from '../../src/alerts/occurrences.ts';
import type { Alert } from '../../src/alerts/payload.ts';

const OPEN_AT_10: KnownOccurrence = { startsAt: 10, endsAt: null, status: 'firing' };
const ENDED_10_TO_20: KnownOccurrence = { startsAt: 10, endsAt: 20, status: 'resolved' };
const HEARD_AT_30: KnownOccurrence = { ...ENDED_10_TO_20, lastSeen: 30 };
const WENT_ON_AFTER_20: KnownOccurrence = { ...OPEN_AT_10, endedBefore: 20 };
const MOMENT_AT_10: KnownOccurrence = { startsAt: 10, endsAt: 10, status: 'resolved' };

describe('one alert against what is known of its fingerprint', () => {
  it.each([
    ['a first firing starts', null, firing(10), 'started', 'never-seen'],
    ['the same firing repeats', OPEN_AT_10, firing(10), 'repeated', 'same-start'],
    ['an older firing changes nothing', OPEN_AT_10, firing(5), 'repeated', 'older-start'],
    ['a newer firing moves the open one', OPEN_AT_10, firing(15), 'moved', 'newer-start'],
    ['a firing before a stored end opens nothing', ENDED_10_TO_20, firing(15), 'ignored', 'before-end'],
    ['the firing that has ended opens nothing', ENDED_10_TO_20, firing(10), 'ignored', 'before-end'],
    ['a firing at the moment of the end starts', ENDED_10_TO_20, firing(20), 'started', 'after-end'],
    ['a firing after the end starts', ENDED_10_TO_20, firing(25), 'started', 'after-end'],
    ['a firing that ended in its own moment stays over', MOMENT_AT_10, firing(10), 'ignored', 'before-end'],
    ['an end whose start was never seen is kept', null, ended(5, 8), 'remembered', 'start-never-seen'],
    ['an end closes its start', OPEN_AT_10, ended(10, 12), 'ended', 'end-after-start'],
    ['an end closes an older start', OPEN_AT_10, ended(11, 12), 'ended', 'end-after-start'],
    ['an end of zero length closes its start', OPEN_AT_10, ended(10, 10), 'ended', 'end-after-start'],
    ['an older end does not close a newer firing', OPEN_AT_10, ended(5, 8), 'ignored', 'older-end'],
    ['an end that touches a newer start does not close it', OPEN_AT_10, ended(5, 10), 'ignored', 'older-end'],
    ['an end that is stored already changes nothing', ENDED_10_TO_20, ended(10, 20), 'ignored', 'already-ended'],
    [
      'an old start that fires on by a later word of Alertmanager starts',
      HEARD_AT_30,
      active(10, 31),
      'started',
      'still-active',
    ],
    [
      'an old start that fired before the end was heard opens nothing',
      HEARD_AT_30,
      active(10, 30),
      'ignored',
      'before-end',
    ],
    ['the old end does not close what went on after it', WENT_ON_AFTER_20, ended(10, 20), 'ignored', 'older-end'],
    ['a later end closes what went on', WENT_ON_AFTER_20, ended(10, 21), 'ended', 'end-after-start'],
    ['a later end of what has ended is kept', ENDED_10_TO_20, ended(10, 30), 'remembered', 'start-never-seen'],
  ] as const)('%s', (_name, known, alert, kind, reason) => {
    expect(applyAlert(known, alert, 100)).toMatchObject({ kind, reason });
  });

  it('takes the moment of arrival for an end that names none', () => {
    const decision = applyAlert(OPEN_AT_10, { ...ended(10, 0), endsAt: null }, 100);

    expect(decision).toMatchObject({ kind: 'ended', endsAt: 100 });
  });
});

function firing(startsAt: number): Alert {
  return {
    status: 'firing',
    fingerprint: 'f',
    startsAt,
    endsAt: null,
    labels: {},
    annotations: {},
    generatorUrl: null,
  };
}

/** As Alertmanager, asked at `activeAt`, says. */
function active(startsAt: number, activeAt: number): Alert {
  return { ...firing(startsAt), activeAt };
}

function ended(startsAt: number, endsAt: number): Alert {
  return { ...firing(startsAt), status: 'resolved', endsAt };
}
