import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { StoredEvent } from '../../src/journal/port.ts';
import { describeRunEvent } from '../../src/runbooks/describe.ts';

const texts = new Map([
  ['d', 'the words'],
  ['own', 'GI-1'],
]);
const names = { runbook: 'restart', service: 'gianna' };
const ASKED = { ...names, risk: 'R2', plan: 'p', planHash: 'h', locks: [], steps: [] };

function told(type: string, data: JsonObject): string | null {
  const stored: StoredEvent = {
    type,
    v: 1,
    data,
    seq: 1,
    at: 0,
    kind: 'run',
    id: 'RUN-1',
    version: 1,
    actor: 'local',
    incident: 'GI-1',
    hash: '',
  };
  return describeRunEvent(stored, texts);
}

describe('the timeline line of a run', () => {
  it.each<[string, JsonObject, string | null]>([
    ['run.requested', { ...ASKED, reason: 'd' }, 'RUN-1 restart of gianna ("the words") asked for'],
    ['run.requested', { ...ASKED, reason: 'own' }, 'RUN-1 restart of gianna asked for'],
    ['run.started', names, 'RUN-1 started'],
    [
      'run.ended',
      { ...names, status: 'succeeded', verdict: 'fixed', seconds: 12.3, summary: 'd' },
      'RUN-1 fixed it in 12 s',
    ],
    [
      'run.ended',
      { ...names, status: 'failed', verdict: 'no-effect', seconds: 3, summary: 'd' },
      'RUN-1 failed, no effect after 3 s: the words',
    ],
    [
      'run.interrupted',
      { ...names, unknown: 'restart', summary: 'd' },
      'RUN-1 interrupted, outcome of restart unknown',
    ],
    ['run.refused', { ...names, code: 'NOT_ALLOWED', summary: 'd' }, 'RUN-1 not run: the words'],
    ['run.refused', { ...names, code: 'NOT_ALLOWED', summary: 'erased' }, 'RUN-1 not run: NOT_ALLOWED'],
    ['run.probed', { ...names, checks: 'c', summary: 'd' }, 'looked after the interruption of RUN-1: the words'],
    ['run.step-started', { step: 'restart' }, null],
    ['incident.opened', {}, null],
  ])('of %s with %j', (type, data, line) => {
    expect(told(type, data)).toBe(line);
  });
});
