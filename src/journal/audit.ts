import type { Effect, Journal } from './port.ts';

/** What the bot must not find in itself. */
export const FINDINGS = [
  'overdue-escalation',
  'overdue-timer',
  'timers-frozen',
  'stuck-effect',
  'parked-rows-grow',
  'inbox-stands',
  'store-not-writable',
  'audit-failed',
] as const;
export type FindingName = (typeof FINDINGS)[number];

export interface Finding {
  readonly finding: FindingName;
  /** Ids and keys, for the log. */
  readonly what: readonly string[];
}

/** Incidents whose escalation should have moved on before this time and has not. */
export type OverdueEscalations = (before: number) => Promise<readonly string[]>;

export interface AuditOptions {
  readonly journal: Journal;
  readonly overdueEscalations: OverdueEscalations;
  readonly now: number;
  /** Since when the process has been awake: what fell due before counts from then. */
  readonly awakeSince: number;
  /** How long ago the timers were looked at last. */
  readonly timersIdleMs: number;
}

const OVERDUE_MS = 60_000;
const INBOX_MS = 5 * 60_000;
const MOST_LISTED = 20;
const MOST_TIMERS = 1_000;

const MINUTE_MS = 60_000;
/** How long an effect may be wanted, and under way, before it counts as stuck. */
const LIMITS: Readonly<Record<string, { readonly wantedMs: number; readonly claimedMs: number }>> = {
  page: { wantedMs: 10 * MINUTE_MS, claimedMs: 2 * MINUTE_MS },
  notice: { wantedMs: 60 * MINUTE_MS, claimedMs: 10 * MINUTE_MS },
  run: { wantedMs: 60 * MINUTE_MS, claimedMs: 6 * 60 * MINUTE_MS },
};
const OTHER_LIMITS = { wantedMs: 15 * MINUTE_MS, claimedMs: 15 * MINUTE_MS };

/** A page by whatever means (`page.sms`) is a page. */
function limitsOf(kind: string) {
  return LIMITS[kind.startsWith('page.') ? 'page' : kind] ?? OTHER_LIMITS;
}

/** Looks whether anything stands that should move. Reads the journal, and writes one row of no meaning. */
export async function audit(options: AuditOptions): Promise<Finding[]> {
  if (!(await options.journal.writable())) return [{ finding: 'store-not-writable', what: [] }];
  const looks: ReadonlyArray<readonly [FindingName, readonly string[]]> = [
    ['overdue-escalation', await overdueEscalations(options)],
    ['overdue-timer', await overdueTimers(options)],
    ['timers-frozen', frozenTimers(options)],
    ['stuck-effect', await stuckEffects(options)],
    ['inbox-stands', await standingInbox(options)],
  ];
  const found = looks.filter(([, what]) => what.length > 0);
  return found.map(([finding, what]) => ({ finding, what: what.slice(0, MOST_LISTED) }));
}

async function stuckEffects({ journal, now, awakeSince }: AuditOptions): Promise<string[]> {
  const isStuck = ({ kind, state, askedAt, claimedAt }: Effect): boolean => {
    const { wantedMs, claimedMs } = limitsOf(kind);
    const since = Math.max(awakeSince, state === 'claimed' ? (claimedAt ?? askedAt) : askedAt);
    return now - since > (state === 'claimed' ? claimedMs : wantedMs);
  };
  const open = await journal.effects({ states: ['wanted', 'claimed'] });
  return open.filter(isStuck).map(({ key }) => key);
}

async function overdueEscalations({
  overdueEscalations: ask,
  now,
  awakeSince,
}: AuditOptions): Promise<readonly string[]> {
  return now - awakeSince > OVERDUE_MS ? ask(now - OVERDUE_MS) : [];
}

async function overdueTimers({ journal, now, awakeSince }: AuditOptions): Promise<string[]> {
  if (now - awakeSince <= OVERDUE_MS) return [];
  const due = await journal.dueTimers(now - OVERDUE_MS - 1, MOST_TIMERS);
  return due.filter(({ kind }) => kind !== 'escalation').map(({ kind, id, purpose }) => `${kind}|${id}|${purpose}`);
}

/** The loop looks every second, whether anything is due or not. */
function frozenTimers({ now, awakeSince, timersIdleMs }: AuditOptions): string[] {
  if (now - awakeSince <= OVERDUE_MS || timersIdleMs <= OVERDUE_MS) return [];
  return [`for ${Math.round(timersIdleMs / 1000)} s`];
}

async function standingInbox({ journal, now, awakeSince }: AuditOptions): Promise<string[]> {
  const oldest = await journal.oldestWaitingAt();
  if (oldest === null || now - Math.max(oldest, awakeSince) <= INBOX_MS) return [];
  return [`${journal.waitingCount()} rows`];
}
