import type { AggregateRow, JournalReader } from '../../../journal/port.ts';
import type { IncidentAbout, IncidentState } from '../../incident-state.ts';
import type { SimilarIncident } from '../context.ts';
import type { RunFacts } from '../run-fact.ts';
import type { ContextSource, ContextSubject } from '../source.ts';

const DAYS = 90;
const DAY_MS = 86_400_000;
/** Of the past this much is looked through, newest first, in steps. */
const MOST_READ = 1_000;
const A_STEP = 100;
const MOST_FOUND = 50;
const SHOWN = 3;
const MOST_NOTES = 2;
const MOST_REMEMBERED = 5_000;

/** Incidents of the last 90 days with the same alert, of the same service if there are any, and what ended them. */
export function similarSource({ journal, runs }: { journal: JournalReader; runs: RunFacts }): ContextSource {
  const alertnamesOf = createAlertnames(journal);
  return {
    name: 'similar',
    title: 'Similar incidents',
    gather: async (subject, signal) => {
      const { found, isAtLeast } = await sameAlert(journal, alertnamesOf, subject, signal);
      const same = found.filter(({ service }) => service === subject.service);
      const alike = same.length > 0 ? same : found;
      if (alike.length === 0) return null;
      const latest = await Promise.all(alike.slice(0, SHOWN).map((state) => told(journal, runs, state)));
      return {
        kind: 'similar',
        likeness: same.length > 0 ? 'alert-and-service' : 'alert',
        count: alike.length,
        isAtLeast,
        days: DAYS,
        medianSeconds: median(alike.map(secondsOf)),
        latest,
      };
    },
  };
}

type AlertnamesOf = (digests: readonly string[]) => Promise<(digest: string) => string | null>;

async function sameAlert(
  journal: JournalReader,
  alertnamesOf: AlertnamesOf,
  { incident, alertname, now }: ContextSubject,
  signal: AbortSignal,
): Promise<{ found: IncidentState[]; isAtLeast: boolean }> {
  const since = now - DAYS * DAY_MS;
  const rows = await journal.aggregates<IncidentState>('incident', { since, limit: MOST_READ });
  const isLike = (state: IncidentState, name: string | null) =>
    state.id !== incident.id && state.drill === undefined && state.openedAt >= since && name === alertname;
  const found: IncidentState[] = [];
  for (let at = 0; at < rows.length; at += A_STEP) {
    signal.throwIfAborted();
    const step = rows.slice(at, at + A_STEP).map(({ state }: AggregateRow<IncidentState>) => state);
    const nameIn = await alertnamesOf(step.map(({ about }) => about));
    found.push(...step.filter((state) => isLike(state, nameIn(state.about))));
    if (found.length >= MOST_FOUND) return { found: found.slice(0, MOST_FOUND), isAtLeast: true };
  }
  return { found, isAtLeast: rows.length === MOST_READ };
}

/** Alertnames by the digest of an incident's texts: remembered, since they never change. */
function createAlertnames(journal: JournalReader): AlertnamesOf {
  const known = new Map<string, string | null>();
  return async (digests) => {
    const unknown = [...new Set(digests)].filter((digest) => !known.has(digest));
    if (known.size + unknown.length > MOST_REMEMBERED) known.clear();
    const asked = digests.filter((digest) => !known.has(digest));
    const texts = await journal.payloads([...new Set(asked)]);
    for (const digest of asked) {
      const text = texts.get(digest);
      known.set(digest, text === undefined ? null : (JSON.parse(text) as IncidentAbout).alertname);
    }
    return (digest) => known.get(digest) ?? null;
  };
}

async function told(journal: JournalReader, runs: RunFacts, state: IncidentState): Promise<SimilarIncident> {
  const { id, openedAt, resolvedBy } = state;
  const fixed = (await runs.of(id)).filter(({ verdict }) => verdict === 'fixed');
  const fixedBy = fixed.map(({ id: run, runbook }) => `${runbook} (${run})`);
  return { id, openedAt, seconds: secondsOf(state), resolvedBy, fixedBy, notes: await notesOf(journal, id) };
}

async function notesOf(journal: JournalReader, id: string): Promise<string[]> {
  const events = await journal.eventsOf('incident', id);
  const digests = events.filter(({ type }) => type === 'incident.noted').map(({ data }) => String(data.text));
  const latest = digests.slice(-MOST_NOTES);
  const texts = await journal.payloads(latest);
  return latest.flatMap((digest) => texts.get(digest) ?? []);
}

function secondsOf({ openedAt, resolvedAt }: IncidentState): number | null {
  return resolvedAt === null ? null : Math.round((resolvedAt - openedAt) / 1000);
}

function median(all: ReadonlyArray<number | null>): number | null {
  const known = all.filter((value) => value !== null).sort((one, other) => one - other);
  return known[Math.floor((known.length - 1) / 2)] ?? null;
}
