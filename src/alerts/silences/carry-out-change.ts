import { refuse } from '../../core/errors.ts';
import type { AlertmanagerClient, HeldSilence } from '../alertmanager.ts';
import type { Carried, CarryOutDeps } from './carried.ts';
import { silenceEvent } from './silence-events.ts';
import type { SilencePending, SilenceState } from './silence-state.ts';

/** Extends or lifts a silence in Alertmanager, whichever is pending. Doing it twice does no harm. */
export async function changeHeld(
  deps: CarryOutDeps,
  client: AlertmanagerClient,
  state: SilenceState,
): Promise<Carried> {
  const { pending } = state;
  if (pending === null) return { decide: () => null };
  const silences = await client.silences();
  deps.held.saw(silences, deps.clock.now());
  const held = silences.find((one) => one.id === state.held && one.state !== 'expired') ?? null;
  return pending.kind === 'lift' ? lift(client, held, pending) : extend(client, held, pending);
}

/** One that is gone already is lifted. */
async function lift(client: AlertmanagerClient, held: HeldSilence | null, { by }: SilencePending): Promise<Carried> {
  if (held !== null) await client.expireSilence(held.id);
  const event = silenceEvent('silence.lifted', { where: 'here' });
  return { decide: ({ pending }) => (pending?.kind === 'lift' ? { events: [event], actor: by } : null) };
}

async function extend(
  client: AlertmanagerClient,
  held: HeldSilence | null,
  { endsAt, by }: Extract<SilencePending, { kind: 'extend' }>,
): Promise<Carried> {
  if (held === null) {
    throw refuse('SILENCE_OVER', 'It has ended in Alertmanager already.', 'Make a new one if it is still wanted.');
  }
  const { id, comment, createdBy, startsAt, matchers } = held;
  const put = await client.putSilence({ id, comment, createdBy, startsAt, endsAt, matchers });
  const event = silenceEvent('silence.extended', { held: put, endsAt });
  return { decide: ({ pending }) => (pending?.kind === 'extend' ? { events: [event], actor: by } : null) };
}
