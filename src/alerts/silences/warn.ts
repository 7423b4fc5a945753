import type { ActiveAlert, AlertmanagerClient } from '../alertmanager.ts';
import { countBlast, type MutedAlert } from './blast.ts';
import type { Carried, CarryOutDeps } from './carried.ts';
import { mutedByMatchers, mutedInAlertmanager } from './mutes-now.ts';
import { expiryNotice } from './notices.ts';
import { silenceEvent } from './silence-events.ts';
import type { SilenceState } from './silence-state.ts';
import { textsOfSilence } from './texts.ts';
import { waitAtMost } from './wait.ts';

const PATIENCE_MS = 5_000;

/** Tells the author of a silence that it ends soon; says nothing when it mutes nothing. */
export async function warnAuthor(
  deps: CarryOutDeps,
  client: AlertmanagerClient | null,
  state: SilenceState,
): Promise<Carried> {
  const texts = await textsOfSilence(deps.journal, state);
  const alerts = client === null ? null : await waitAtMost(deps.clock, PATIENCE_MS, client.alerts());
  const mutes = countBlast(await mutedNow(deps, state, alerts, texts.matchers));
  if (state.status !== 'active' || mutes.alerts === 0) return { decide: () => null };
  const event = silenceEvent('silence.warned', { alerts: mutes.alerts });
  return {
    part: expiryNotice(state, texts, mutes, deps.clock.now()),
    decide: ({ status }) => (status === 'active' ? { events: [event], actor: 'auto' } : null),
  };
}

/** By Alertmanager's word; while it is away by the matchers and the store. */
async function mutedNow(
  deps: CarryOutDeps,
  { held }: SilenceState,
  alerts: readonly ActiveAlert[] | null,
  matchers: Parameters<typeof mutedByMatchers>[1],
): Promise<readonly MutedAlert[]> {
  const [muted] = alerts === null || held === null ? [] : [await mutedInAlertmanager(deps, alerts, held)];
  return muted ?? mutedByMatchers(deps, matchers);
}
