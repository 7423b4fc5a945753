import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/bot/delivery/caller.ts';
import { createRecall, type Lookup } from '../../../src/bot/delivery/recall.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

type Messages = ReadonlyArray<Record<string, unknown>>;

function recallOver(messages: Messages) {
  const clock = createFakeClock();
  let reads = 0;
  const call: Call = async () => {
    reads += 1;
    return { kind: 'ok', answer: { ok: true, messages } };
  };
  return { clock, recall: createRecall(call, clock), reads: () => reads };
}

function lookup(id: string, doubt: Lookup['job']['doubt'] = 'before-start', thread: string | null = null): Lookup {
  return { job: { key: `parent:${id}`, doubt }, channel: 'C1', thread, since: 0, parentOf: id };
}

const PARENT = { ts: '1.1', bot_id: 'B1', metadata: { event_payload: { id: 'GI-1', key: 'parent:GI-1' } } };

describe('reading back', () => {
  it('believes that a thread is not there only once the dead process can add nothing', async () => {
    const { recall, clock } = recallOver([]);

    const early = await recall(lookup('GI-1'));
    clock.advance(5_000);
    const late = await recall(lookup('GI-1'));

    expect(early).toEqual({ kind: 'wait', waitMs: 5_000 });
    expect(late).toEqual({ kind: 'absent' });
  });

  it('reads a channel once for all threads that a dead process may have opened', async () => {
    const { recall, clock, reads } = recallOver([PARENT]);
    clock.advance(5_000);

    const found = await Promise.all(['GI-1', 'GI-2', 'GI-3'].map((id) => recall(lookup(id))));

    expect(found.map(({ kind }) => kind)).toEqual(['found', 'absent', 'absent']);
    expect(reads()).toBe(1);
  });

  it('reads again for a post of its own that was not answered', async () => {
    const { recall, clock, reads } = recallOver([PARENT]);
    clock.advance(5_000);
    await recall(lookup('GI-1'));

    await recall(lookup('GI-2', 'unanswered'));

    expect(reads()).toBe(2);
  });

  it('looks for nothing of a dead process in a thread that it opened itself', async () => {
    const { recall, reads } = recallOver([]);
    recall.opened('2.2');

    expect(await recall(lookup('GI-1', 'before-start', '2.2'))).toEqual({ kind: 'absent' });
    expect(reads()).toBe(0);
  });

  it('knows a parent whose metadata Slack dropped by its buttons, and no other incident by them', async () => {
    const blocks = [{ type: 'header' }, { type: 'actions', block_id: 'GI-1:3:actions' }];
    const { recall } = recallOver([{ ts: '3.3', bot_id: 'B1', blocks }]);

    expect(await recall(lookup('GI-1', 'unanswered'))).toMatchObject({ kind: 'found', ts: '3.3' });
    expect(await recall(lookup('GI-11', 'unanswered'))).toEqual({ kind: 'absent' });
  });
});
