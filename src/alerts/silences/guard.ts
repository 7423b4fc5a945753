/**
 * A P0 is muted only when two people said so, not even one that begins to fire under a silence that stands already. In:
 * what Alertmanager holds at a look. Out: a silence of ours that mutes another P0 is lifted by itself; of one made
 * elsewhere people are told.
 */
import { decideUntilAppended } from '../../journal/decide.ts';
import { askNotice } from '../../journal/notice.ts';
import type { Batch } from '../../journal/port.ts';
import type { ActiveAlert, AlertmanagerClient, HeldSilence } from '../alertmanager.ts';
import { mergeParts } from '../incident-batch.ts';
import type { Labels } from '../payload.ts';
import { shownP0 } from './beyond.ts';
import { silenceBatch } from './change-silence.ts';
import { askEffect } from './effect.ts';
import { labelOf } from './match.ts';
import { liftedForP0Notice, mutedP0Notice } from './notices.ts';
import { silenceEvent } from './silence-events.ts';
import { SILENCE, type SilenceState } from './silence-state.ts';
import type { SilenceDeps } from './sources.ts';
import { agreedOf } from './texts.ts';

type GuardDeps = Pick<SilenceDeps, 'journal' | 'clock' | 'logger' | 'metrics' | 'route'>;

/** Looks for P0 alerts that silences mute; asks Alertmanager only while there are silences. */
export async function guardP0(
  deps: GuardDeps,
  client: AlertmanagerClient,
  silences: readonly HeldSilence[],
): Promise<void> {
  const active = silences.filter(({ state }) => state === 'active');
  if (active.length === 0) return;
  const muted = (await client.alerts()).filter((alert) => isMutedP0(deps, alert));
  if (muted.length === 0) return;
  const rows = await deps.journal.aggregates<SilenceState>(SILENCE, { open: true });
  for (const silence of active) {
    const own = rows.find(({ state }) => state.held === silence.id);
    const agreed = own === undefined ? [] : await agreedOf(deps.journal, own.state);
    const [alert] = muted.filter(
      ({ silencedBy, labels }) => silencedBy.includes(silence.id) && !agreed.includes(shownP0(labels)),
    );
    if (alert === undefined) continue;
    if (own === undefined) await tellOf(deps, silence, alert.labels);
    else await liftFor(deps, own.id, alert.labels);
  }
}

function isMutedP0({ route }: GuardDeps, { silencedBy, labels }: ActiveAlert): boolean {
  return silencedBy.length > 0 && route()(labels).severity === 'P0';
}

async function liftFor(deps: GuardDeps, id: string, labels: Labels): Promise<void> {
  const lifted = await decideUntilAppended(deps.journal, async () => {
    const row = await deps.journal.aggregate<SilenceState>(SILENCE, id);
    if (row?.state.status !== 'active' || row.state.pending !== null) return null;
    const batch = silenceBatch(row, [silenceEvent('silence.lift-asked', {})], deps.clock.now(), 'auto');
    const effects = [askEffect({ silence: id, op: 'lift' }, row.state.incident, row.version)];
    return mergeParts(batch, [{ effects }, liftedForP0Notice(row.state, nameIn(labels), row.version)]);
  });
  if (lifted === null) return;
  deps.metrics.liftedForP0();
  deps.logger.warn({ silence: id }, 'silence mutes a P0 and is lifted');
}

/** Told once for each silence. */
async function tellOf(deps: GuardDeps, { id, createdBy }: HeldSilence, labels: Labels): Promise<void> {
  const notice = mutedP0Notice(id, createdBy, nameIn(labels));
  const key = `silence-mutes-p0|${id}`;
  const batch: Batch = { at: deps.clock.now(), actor: 'auto', ...askNotice(key, notice) };
  if ((await deps.journal.effect(`notice|${key}`)) !== null) return;
  await deps.journal.append(batch);
  deps.logger.warn({ silence: id }, 'silence made elsewhere mutes a P0');
}

function nameIn(labels: Labels): string {
  return labelOf(labels, 'alertname') || 'unnamed alert';
}
