import { Counter, type Registry } from 'prom-client';
import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Batch, InboxRow, Journal } from '../../journal/port.ts';
import { asText } from '../about.ts';
import { DEPLOY, type DeployAbout, type DeployMarked, evolveDeploy } from './deploy.ts';
import { type DeployMark, readDeploy } from './schema.ts';

export interface DeployDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
}

/** Makes the handler of stored deploy marks: each becomes one event of the journal. */
export function createReceiveDeploy(deps: DeployDeps): (row: InboxRow) => Promise<{ readonly batch: Batch | null }> {
  const counted = new Counter({
    name: 'gianna_ops_deploys_total',
    help: 'Deploy marks taken, by whether their service is one of hosts.yml.',
    labelNames: ['service'],
    registers: [deps.metrics],
  });
  return async (row) => {
    const read = readDeploy(row.body);
    if (read.kind === 'refused') {
      deps.logger.warn({ row: row.id, field: read.field }, 'stored payload is no deploy mark');
      return { batch: null };
    }
    const batch = await markBatch(deps, read.mark, row);
    counted.inc({ service: isKnown(deps, read.mark.service) ? 'known' : 'unknown' });
    return { batch };
  };
}

async function markBatch(deps: DeployDeps, mark: DeployMark, row: InboxRow): Promise<Batch> {
  const number = await deps.journal.nextNumber(DEPLOY);
  const id = `DEP-${number}`;
  const { service, version, by = null, environment = null, url = null } = mark;
  const about = asText(JSON.stringify({ service, version, by, environment, url } satisfies DeployAbout));
  const data: DeployMarked = {
    service: isKnown(deps, service) ? service : null,
    // a clock that goes ahead must not put a deploy into the future
    deployedAt: Math.min(mark.at == null ? row.receivedAt : Date.parse(mark.at), row.receivedAt),
    about: about.digest,
  };
  deps.logger.info({ deploy: id, service: data.service }, 'deploy marked');
  const event = { type: 'deploy.marked', v: 1, data };
  return {
    at: deps.clock.now(),
    actor: DEPLOY,
    aggregates: [
      { kind: DEPLOY, id, number, expected: 0, key: null, state: evolveDeploy(null, { id, data }), events: [event] },
    ],
    payloads: new Map([[about.digest, about.text]]),
  };
}

function isKnown({ config }: DeployDeps, service: string): boolean {
  return Object.hasOwn(config.current().services, service);
}
