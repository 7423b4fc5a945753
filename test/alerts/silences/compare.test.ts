import { describe, expect, it } from 'vitest';
import type { HeldSilence } from '../../../src/alerts/alertmanager.ts';
import { differencesIn } from '../../../src/alerts/silences/compare.ts';
import type { SilenceState } from '../../../src/alerts/silences/silence-state.ts';

const own: SilenceState = {
  id: 'SIL-1',
  status: 'active',
  by: 'local',
  incident: null,
  service: null,
  severity: 'P2',
  matchers: 'm',
  reason: 'r',
  author: 'a',
  requestedAt: 0,
  startsAt: 0,
  endsAt: 100_000,
  firstEndsAt: 100_000,
  held: 'h1',
  pending: null,
  why: null,
  liftedBy: null,
  endedAt: null,
};
const held: HeldSilence = {
  id: 'h1',
  state: 'active',
  comment: '',
  createdBy: '',
  startsAt: 0,
  endsAt: 100_000,
  matchers: [],
};

describe('what happened to a silence in Alertmanager', () => {
  it('is nothing while it is held as we know it, or is under way', () => {
    expect(differencesIn([own], [held], 50_000)).toEqual([]);
    expect(differencesIn([{ ...own, pending: { kind: 'lift', by: 'local' } }], [], 50_000)).toEqual([]);
    expect(differencesIn([{ ...own, status: 'requested', held: null }], [], 50_000)).toEqual([]);
  });

  it('is an end by somebody else, at once', () => {
    const [difference] = differencesIn([own], [{ ...held, state: 'expired', endsAt: 40_000 }], 50_000);

    expect(difference).toMatchObject({ silence: 'SIL-1', event: { type: 'silence.lifted' }, isSure: true });
  });

  it('is a loss or another end, once it is seen twice', () => {
    expect(differencesIn([own], [], 50_000)).toMatchObject([{ event: { data: { where: 'lost' } }, isSure: false }]);
    expect(differencesIn([own], [{ ...held, endsAt: 200_000 }], 50_000)).toMatchObject([
      { event: { type: 'silence.end-changed', data: { endsAt: 200_000 } }, isSure: false },
    ]);
  });

  it('is nothing when it ended by its own end, which our timer tells', () => {
    expect(differencesIn([own], [{ ...held, state: 'expired' }], 100_001)).toEqual([]);
    expect(differencesIn([own], [{ ...held, state: 'expired' }], 99_990)).toEqual([]);
  });
});
