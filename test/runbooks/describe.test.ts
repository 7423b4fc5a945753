import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { StoredEvent } from '../../src/journal/port.ts';
import { describeRunEvent } from '../../src/runbooks/describe.ts';

const texts = new Map([['d', 'the words']]);
const names = { runbook: 'restart', service: 'gianna' };

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
    ['run.started', names, 'restart of gianna started (RUN-1)'],
    [
      'run.ended',
      { ...names, status: 'succeeded', verdict: 'fixed', seconds: 12.3, summary: 'd' },
      'restart of gianna: fixed in 12.3 s (RUN-1)',
    ],
    [
      'run.ended',
      { ...names, status: 'failed', verdict: 'no-effect', seconds: 3, summary: 'd' },
      'restart of gianna: failed, no effect after 3 s (RUN-1): the words',
    ],
    [
      'run.interrupted',
      { ...names, unknown: 'restart', summary: 'd' },
      'restart of gianna: interrupted, outcome of restart unknown (RUN-1)',
    ],
    ['run.refused', { ...names, code: 'NOT_ALLOWED', summary: 'd' }, 'restart of gianna not run (RUN-1): the words'],
    [
      'run.refused',
      { ...names, code: 'NOT_ALLOWED', summary: 'erased' },
      'restart of gianna not run (RUN-1): NOT_ALLOWED',
    ],
    ['run.probed', { ...names, checks: 'c', summary: 'd' }, 'looked after the interruption of RUN-1: the words'],
    ['run.step-started', { step: 'restart' }, null],
    ['incident.opened', {}, null],
  ])('of %s with %j', (type, data, line) => {
    expect(told(type, data)).toBe(line);
  });
});
