import { describe, expect, it } from 'vitest';
import { planParagraphs } from '../../src/bot/render/plan.ts';
import { planSections, planText, type ShownPlan } from '../../src/runbooks/plan-text.ts';

const STEP = { effect: '', undo: null, mutates: false };
const PLAN: ShownPlan = {
  hash: '0123456789abcdef',
  runbook: 'maintenance',
  risk: 'R2',
  parameters: { service: 'gianna', for: '4h', key: { secret: 'API_KEY' } },
  targets: [{ host: 'docker-1', service: 'gianna', id: '3f2a91c04d1e' }],
  steps: [
    { ...STEP, id: 'before', call: 'GET http://127.0.0.1:8000/health' },
    {
      id: 'enter',
      call: '["systemctl","reload","gianna"]',
      effect: 'It shows a page.',
      undo: 'leave it',
      mutates: true,
      hold: '4h',
      when: 'only while before is ok',
    },
    { ...STEP, id: 'clear', call: 'DEL cache', effect: 'It is empty.', mutates: true },
  ],
  verify: [{ ...STEP, id: 'proof', call: 'GET /ready' }],
  needs: { approvals: 1, roles: ['responder', 'approver'], because: ['policy.yml asks for it', 'GI-1 is open'] },
  blockedBy: [],
};

describe('a plan in words', () => {
  it('says targets by id, exact calls, what is expected, what takes it back, and who must agree', () => {
    expect(planText(PLAN)).toBe(`maintenance · R2 · plan 0123456789ab
  service: gianna
  for: 4h
  key: the value of API_KEY
Targets
  gianna on docker-1: 3f2a91c04d1e
Steps
  1. before: GET http://127.0.0.1:8000/health
  2. enter: ["systemctl","reload","gianna"]
     only while before is ok
     It shows a page.
     holds for 4h, then it is taken back by itself
     undo: leave it
  3. clear: DEL cache
     It is empty.
     nothing takes it back
Proof afterwards
  proof: GET /ready
Who must agree
  a second person, because policy.yml asks for it; GI-1 is open
`);
  });

  it('says what is in the way before anything else', () => {
    const blocked = { ...PLAN, blockedBy: [{ reason: 'already running: RUN-1' }, { reason: 'frozen' }] };

    const [, second] = planSections(blocked);

    expect(second).toEqual({
      title: 'Cannot run now',
      lines: [
        { says: 'already running: RUN-1', exact: null },
        { says: 'frozen', exact: null },
      ],
    });
  });

  it('has the same lines in Slack as on the command line', () => {
    const plain = planText(PLAN)
      .split('\n')
      .map((line) => line.trim());
    const slack = planParagraphs(PLAN)
      .join('\n')
      .split('\n')
      .map((line) => line.replaceAll(/[*`\u2003]/g, ''));

    expect(slack).toEqual(plain.filter((line) => line !== ''));
  });

  it('steers no terminal, adds no line and mentions nobody by what a runbook or host says', () => {
    const evil = '<!channel>\u001b[31m\nrm -rf `id` \u202e*b*';
    const step = { ...STEP, id: 'x', call: evil, effect: evil, mutates: true, when: evil, undo: evil };
    const plan = { ...PLAN, parameters: { note: evil }, steps: [step], blockedBy: [{ reason: evil }] };

    const text = planText(plan);
    const slack = planParagraphs(plan).join('\n');

    expect(text.split('\n')).toHaveLength(slack.split('\n').length + 1);
    for (const steering of ['\u001b', '\u202e']) expect(text + slack).not.toContain(steering);
    expect(slack).not.toContain('<!');
    expect(slack).toContain('&lt;!channel&gt;');
  });
});
