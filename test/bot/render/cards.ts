import type { IncidentView } from '../../../src/alerts/incident-view.ts';
import type { IncidentCard, RunCard } from '../../../src/bot/render/cards.ts';
import type { PageRequest } from '../../../src/oncall/page.ts';
import type { CheckResult } from '../../../src/probes/check.ts';

export const AT = Date.UTC(2026, 10, 22, 14, 2, 0);

export function view(overrides: Partial<IncidentView> = {}): IncidentView {
  return {
    id: 'GI-142',
    version: 3,
    status: 'firing',
    severity: 'P0',
    flags: [],
    service: 'gianna',
    channel: 'ops',
    digest: false,
    runbooks: ['restart'],
    about: {
      alertname: 'GiannaServiceDown',
      title: 'Gianna does not answer',
      description: 'No scrape has succeeded for a minute.',
      runbookUrl: 'https://docs.example.com/runbooks/down',
      generatorUrl: 'http://127.0.0.1:9090/graph',
      groupLabels: {},
      labels: {},
    },
    owner: null,
    responders: [],
    offered: false,
    openedAt: AT,
    acknowledgedAt: null,
    recoveredAt: null,
    resolvedAt: null,
    resolvedBy: null,
    closedAt: null,
    reopened: 0,
    previous: null,
    alerts: { firing: 3, resolved: 1 },
    byHand: false,
    quiet: null,
    foldedUnder: null,
    foldedBy: null,
    folded: [],
    splitFrom: null,
    flapping: null,
    ...overrides,
  };
}

export function card(overrides: Partial<IncidentView> = {}, rest: Partial<IncidentCard> = {}): IncidentCard {
  return {
    view: view(overrides),
    escalation: {
      level: 1,
      nextAt: AT + 300_000,
      paged: { people: ['ana', 'marco'], targets: [] },
      next: { people: ['marco'], targets: ['channel:ops'] },
      ack: null,
      respondBy: AT + 900_000,
    },
    timeline: [
      { at: AT, kind: 'incident.opened', by: 'alertmanager', text: 'fired' },
      { at: AT + 1000, kind: 'escalation.paged', by: 'auto', text: 'paged Ana (level 1)' },
      { at: AT + 60_000, kind: 'incident.acknowledged', by: 'slack:U1', text: 'acknowledged' },
    ],
    service: { mayDiagnose: true, mayRestart: true, reason: null },
    diagnosis: null,
    context: null,
    running: null,
    resolvesItself: false,
    ...rest,
  };
}

export const REQUEST: PageRequest = {
  incident: 'GI-142',
  severity: 'P0',
  cycle: 1,
  level: 1,
  round: 0,
  means: 'thread',
  people: ['ana', 'marco'],
  targets: [],
  dueAt: AT,
  next: { at: AT + 300_000, people: ['marco'], targets: [] },
};

export function check(probe: string, result: CheckResult['result'], summary: string): CheckResult {
  return { probe, target: 'http://127.0.0.1:8000/health', result, summary, seconds: 0.12, at: AT, evidence: {} };
}

/** A step of a run on one target that proves nothing. */
export const PLAIN_STEP = { verifies: false, units: null, isUndone: false } as const;

export function run(overrides: Partial<RunCard> = {}): RunCard {
  return {
    id: 'RUN-7',
    version: 4,
    runbook: 'restart',
    target: 'gianna',
    incident: 'GI-142',
    by: 'slack:U1',
    status: 'running',
    verdict: null,
    summary: null,
    startedAt: AT,
    endedAt: null,
    steps: [
      {
        id: 'before',
        kind: 'probe',
        status: 'done',
        seconds: 0.2,
        summary: 'gianna-health fail: 503 in 5 ms; 1 ok',
        ...PLAIN_STEP,
      },
      { id: 'restart', kind: 'service.restart', status: 'running', seconds: null, summary: null, ...PLAIN_STEP },
      { id: 'settle', kind: 'wait', status: 'waiting', seconds: null, summary: null, ...PLAIN_STEP },
    ],
    risk: 'R2',
    reason: null,
    requestedAt: AT - 1000,
    planHash: '9f3c2a41d07e5b6688aa9f3c2a41d07e5b6688aa9f3c2a41d07e5b6688aa0011',
    because: [],
    plan: [
      { call: 'probe gianna-health', effect: 'looks, changes nothing', undo: null, mutates: false },
      { call: 'POST /containers/3f2a/restart?t=10', effect: 'gianna is restarted', undo: null, mutates: true },
    ],
    dry: false,
    approval: null,
    stop: null,
    asks: null,
    isAbandoned: false,
    mayUndo: false,
    hasLog: false,
    phase: 'steps',
    severity: 'P1',
    ...overrides,
  };
}

export const nameOf = (actor: string): string => (actor === 'slack:U1' ? 'Ana' : actor);
