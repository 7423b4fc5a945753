import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunCard } from '../../src/bot/render/cards.ts';
import { run } from '../bot/render/cards.ts';
import { OPS, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';

const APPROVAL = {
  state: 'asked',
  expiresAt: Date.UTC(2026, 10, 22, 15),
  by: null,
  at: null,
  breakGlass: false,
} as const;
const ASKED = run({
  id: 'RUN-1',
  incident: 'GI-1',
  by: 'slack:U01ONCALL',
  status: 'waiting',
  risk: 'R3',
  reason: 'leaked in a log',
  approval: APPROVAL,
  startedAt: null,
});

let desk: SlackDesk;
beforeEach(async () => {
  desk = await startSlackDesk({ approvers: ['U02MGR', 'U03DEV', 'U01ONCALL'] });
  await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
  await desk.untilShown();
});
afterEach(() => desk.stop());

async function happened(type: string, data: Record<string, number>, card: RunCard): Promise<void> {
  desk.runs.set('RUN-1', card);
  const row = await desk.journal().aggregate('run', 'RUN-1');
  const events = [{ type, v: 1, data }];
  const change = { kind: 'run', id: 'RUN-1', expected: row?.version ?? 0, key: null, state: {}, events };
  await desk.journal().append({ at: 1, actor: 'auto', aggregates: [{ ...change, incident: 'GI-1' }] });
  await desk.untilShown();
}

const requests = () =>
  desk.taken('chat.postMessage').filter(({ body }) => String(body.text).includes('Approval needed'));
const opened = () => desk.taken('conversations.open').map(({ body }) => String(body.users));
const edits = () => desk.taken('chat.update').filter(({ body }) => String(body.text).includes('RUN-1'));

it('asks for a second person in the thread and each approver directly, but never whoever asked', async () => {
  await happened('run.requested', { approvals: 1 }, ASKED);

  const inThread = requests().filter(({ body }) => body.channel === OPS);
  expect(inThread).toHaveLength(1);
  expect(inThread[0]?.body.thread_ts).toBeDefined();
  expect(requests()).toHaveLength(3);
  expect(opened()).toEqual(expect.arrayContaining(['U02MGR', 'U03DEV']));
  expect(JSON.stringify(requests().map(({ body }) => body.blocks))).toContain('gi.approve');
});

it('closes every copy when one has decided, without a button left, also after a crash', async () => {
  await happened('run.requested', { approvals: 1 }, ASKED);
  await desk.crash();
  const given = { ...APPROVAL, state: 'given', by: 'slack:U02MGR', at: 2 } as const;

  await happened('run.approved', {}, { ...ASKED, approval: given });

  const copies = edits().filter(({ body }) => body.channel !== OPS);
  expect(new Set(copies.map(({ body }) => body.channel)).size).toBe(2);
  for (const { body } of copies) {
    expect(String(body.text)).toContain('Approved by U02MGR');
    expect(JSON.stringify(body.blocks)).not.toContain('gi.');
  }
  expect(requests()).toHaveLength(3);
});

it('asks nobody directly for a run that needs no second person', async () => {
  await happened('run.requested', { approvals: 0 }, { ...ASKED, approval: null });

  expect(requests()).toEqual([]);
});
