import type { JournalReader } from '../journal/port.ts';
import { RUN_KIND } from './run-change.ts';
import type { RunRecord } from './run-record.ts';

/** Everything that a run printed, step by step, redacted when it was taken; null: there is no such run. */
export async function readFullLog(
  journal: Pick<JournalReader, 'aggregate' | 'payloads'>,
  id: string,
): Promise<string | null> {
  const row = await journal.aggregate<RunRecord>(RUN_KIND, id);
  if (row === null) return null;
  const { state: run } = row;
  const digests = run.steps.flatMap(({ log, summary }) => [log, summary]).filter((digest) => digest !== null);
  const texts = await journal.payloads(digests);
  const of = (digest: string | null) => (digest === null ? '' : (texts.get(digest) ?? '[erased]'));
  const about = run.service === null ? run.runbook : `${run.runbook} of ${run.service}`;
  const steps = run.steps.map((step) => {
    const begun = step.startedAt === null ? '' : ` ${new Date(step.startedAt).toISOString()}`;
    return `== ${step.id} (${step.kind}) ${step.status}${begun}\n${of(step.log) || `${of(step.summary)}\n`}`;
  });
  return `${run.id} ${about}, ${run.status}\n${steps.join('')}`;
}
