import type { ConfigSource } from '../../core/config/config.ts';
import type { Redact } from '../../core/redact.ts';
import type { JournalReader } from '../../journal/port.ts';
import type { DescribeEvent } from '../change.ts';
import type { RunFacts } from './run-fact.ts';
import type { ContextSource } from './source.ts';
import { changesSource } from './sources/changes.ts';
import { chartSource } from './sources/chart.ts';
import { logSource, type TailLogs } from './sources/logs.ts';
import { runbookSource } from './sources/runbooks.ts';
import { similarSource } from './sources/similar.ts';

export interface ContextSourceDeps {
  readonly journal: JournalReader;
  readonly config: ConfigSource;
  readonly redact: Redact;
  readonly tailLogs: TailLogs;
  readonly runs: RunFacts;
  readonly describers: readonly DescribeEvent[];
}

/** Where context comes from, in the order in which it is shown. A further source is a further line. */
export function contextSources(deps: ContextSourceDeps): readonly ContextSource[] {
  return [
    chartSource(deps.config),
    logSource(deps.tailLogs, deps.redact),
    changesSource(deps),
    similarSource(deps),
    runbookSource(deps.config),
  ];
}
