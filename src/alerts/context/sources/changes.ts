import type { Config, ConfigSource } from '../../../core/config/config.ts';
import type { JournalReader, StoredEvent } from '../../../journal/port.ts';
import type { DescribeEvent } from '../../change.ts';
import { DEPLOY, type DeployAbout, type DeployState } from '../../deploys/deploy.ts';
import type { RecentChange } from '../context.ts';
import type { RunFacts } from '../run-fact.ts';
import type { ContextSource } from '../source.ts';

export interface ChangesDeps {
  readonly journal: JournalReader;
  readonly config: ConfigSource;
  readonly runs: RunFacts;
  /** The rooms' words for their own events. */
  readonly describers: readonly DescribeEvent[];
}

const BEFORE_MS = 2 * 3_600_000;
const MOST_READ = 100;
const SHOWN = 8;

/** What was changed since two hours before it fired: deploys, runs, silences, the configuration, its own severity. */
export function changesSource(deps: ChangesDeps): ContextSource {
  return {
    name: 'changes',
    title: 'What changed lately',
    gather: async ({ incident, service, firedAt, now }) => {
      const look: Look = { ...deps, services: concerned(deps.config.current(), service), since: firedAt - BEFORE_MS };
      const found = await Promise.all([
        deploys(look),
        runs(look),
        silences(look),
        reloads(look),
        severities(look, incident.id),
      ]);
      const changes = found
        .flat()
        .filter(({ at }) => at >= look.since && at <= now)
        .sort((one, other) => other.at - one.at);
      if (changes.length === 0) return null;
      const hidden = Math.max(0, changes.length - SHOWN);
      return { kind: 'changes', firedAt, changes: changes.slice(0, SHOWN), hidden };
    },
  };
}

interface Look extends ChangesDeps {
  /** The service and what it depends on. */
  readonly services: ReadonlySet<string>;
  readonly since: number;
}

function concerned(config: Config, service: string | null): ReadonlySet<string> {
  if (service === null) return new Set();
  return new Set([service, ...(config.services[service]?.dependsOn ?? [])]);
}

async function deploys({ journal, services, since }: Look): Promise<RecentChange[]> {
  const rows = await journal.aggregates<DeployState>(DEPLOY, { since, limit: MOST_READ });
  const marks = rows.map(({ state }) => state).filter(({ service }) => service !== null && services.has(service));
  const texts = await journal.payloads(marks.map(({ about }) => about));
  return marks.flatMap(({ about, deployedAt }) => {
    const text = texts.get(about);
    if (text === undefined) return [];
    const { service, version, by, environment, url } = JSON.parse(text) as DeployAbout;
    const where = environment === null ? '' : ` to ${environment}`;
    return [{ at: deployedAt, text: `deployed ${service} ${version}${where}`, by, url }];
  });
}

async function runs(look: Look): Promise<RecentChange[]> {
  const facts = await look.runs.since(look.since);
  return facts
    .filter(({ service }) => service !== null && look.services.has(service))
    .map(({ id, runbook, service, status, verdict, by, requestedAt }) => {
      const came = verdict === null ? status : `${status}, ${verdict === 'no-effect' ? 'no effect' : verdict}`;
      return { at: requestedAt, text: `ran ${runbook} of ${service} (${id}: ${came})`, by, url: null };
    });
}

/** Those of this service, and those that name none. */
async function silences(look: Look): Promise<RecentChange[]> {
  const rows = await look.journal.aggregates<{ readonly service?: string | null }>('silence', {
    since: look.since,
    limit: MOST_READ,
  });
  const near = rows.filter(({ state }) => state.service == null || look.services.has(state.service));
  const events = await Promise.all(near.map(({ kind, id }) => look.journal.eventsOf(kind, id)));
  return described(look, events.flat());
}

/** Why an incident is more urgent than it was. */
async function severities(look: Look, incident: string): Promise<RecentChange[]> {
  const events = await look.journal.eventsOf('incident', incident);
  return described(
    look,
    events.filter(({ type }) => type === 'incident.severity-raised' || type === 'incident.severity-changed'),
  );
}

async function reloads(look: Look): Promise<RecentChange[]> {
  const events = await look.journal.eventsOf('process', 'bot');
  return events
    .filter(({ type, at }) => type === 'process.config-reloaded' && at >= look.since)
    .map(({ at, data }) => ({
      at,
      text: `the configuration was reloaded${listed(data.changes)}`,
      by: null,
      url: null,
    }));
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
}

function listed(paths: unknown): string {
  if (!Array.isArray(paths) || paths.length === 0) return '';
  const more = paths.length > 3 ? `, +${paths.length - 3} more` : '';
  return `: ${paths.slice(0, 3).join(', ')}${more}`;
}

async function described(
  { journal, describers, since }: Look,
  events: readonly StoredEvent[],
): Promise<RecentChange[]> {
  const late = events.filter(({ at }) => at >= since).slice(-MOST_READ);
  const digests = late.flatMap(({ data }) => Object.values(data).filter(isDigest));
  const texts = await journal.payloads([...new Set(digests)]);
  return late.flatMap((event) => {
    for (const describe of describers) {
      const text = describe(event, texts);
      if (text !== null) return [{ at: event.at, text, by: event.actor, url: null }];
    }
    return [];
  });
}
