import type { ActiveAlert } from '../alertmanager.ts';
import type { MutedAlert } from './blast.ts';
import type { HeldSilences } from './held.ts';
import { readSilenceId } from './ids.ts';
import { madeElsewhere } from './in-force.ts';
import { mutedByMatchers, mutedInAlertmanager } from './mutes-now.ts';
import type { SilenceDeps } from './sources.ts';
import { foreignView, listOwnSilences, type SilenceView, viewOwnSilence, withMutes } from './views.ts';
import { waitAtMost } from './wait.ts';

type ListDeps = SilenceDeps & { readonly held: HeldSilences };

/** Who asked from Slack waits three seconds at most. */
const PATIENCE_MS = 1_500;

/** Every silence in force or being made, here or elsewhere, with what each mutes now; the first to end first. */
export async function listSilences(deps: ListDeps): Promise<SilenceView[]> {
  const now = deps.clock.now();
  const own = await listOwnSilences(deps.journal, { now });
  const foreign = (await madeElsewhere(deps, now)).map(foreignView);
  const alerts = own.length + foreign.length === 0 ? null : await alertsHeld(deps);
  const views: SilenceView[] = [];
  for (const view of [...own, ...foreign]) views.push(withMutes(view, await mutedNow(deps, view, alerts)));
  return views.sort((one, other) => one.endsAt - other.endsAt);
}

/** One silence by `SIL-7`, `7` or Alertmanager's id; null: there is none. */
export async function viewSilence(deps: ListDeps, text: string): Promise<SilenceView | null> {
  const id = readSilenceId(text);
  const view = id === null ? null : await findView(deps, id);
  if (view === null || view.status !== 'active') return view;
  return withMutes(view, await mutedNow(deps, view, await alertsHeld(deps)));
}

async function findView(deps: ListDeps, id: string): Promise<SilenceView | null> {
  if (id.startsWith('SIL-')) return viewOwnSilence(deps.journal, id);
  const foreign = (await madeElsewhere(deps, deps.clock.now())).find((held) => held.id === id);
  if (foreign !== undefined) return foreignView(foreign);
  const own = await listOwnSilences(deps.journal, { now: deps.clock.now(), recent: true });
  return own.find(({ held }) => held === id) ?? null;
}

async function alertsHeld(deps: ListDeps): Promise<readonly ActiveAlert[] | null> {
  const client = deps.alertmanager();
  return client === null ? null : waitAtMost(deps.clock, PATIENCE_MS, client.alerts());
}

/** By Alertmanager's word; while it is away by the matchers and the store. */
async function mutedNow(
  deps: ListDeps,
  { held, status, matchers }: SilenceView,
  alerts: readonly ActiveAlert[] | null,
): Promise<readonly MutedAlert[]> {
  if (status !== 'active') return [];
  if (alerts === null || held === null) return mutedByMatchers(deps, matchers);
  return mutedInAlertmanager(deps, alerts, held);
}
