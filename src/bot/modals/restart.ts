import type { ModalView } from '@slack/types';
import type { Asker } from '../commands/asker.ts';
import { onCallNames } from '../commands/on-call-names.ts';
import type { Desk } from '../listen/deps.ts';
import { renderDenied, renderRefusal } from '../render/answers/refusal.ts';
import { renderRestartButton } from '../render/answers/restart-button.ts';
import { planRestart, restartChoices } from './restart-plan.ts';
import { type RestartMeta, renderRestartForm, renderRestartLoading } from './restart-view.ts';

export interface RestartRequest {
  readonly service: string | null;
  readonly mode: string | null;
  readonly incident: string | null;
  /** The version of the incident that the asker saw. */
  readonly version: number;
}

/**
 * Opens the restart modal: a loading view within Slack's three seconds, then the exact plan. Where Slack gives no
 * trigger (a mention) the answer is a button that opens it. Restarting never happens without the modal.
 */
export async function openRestart(request: RestartRequest, asker: Asker, deps: Desk): Promise<void> {
  const incident = request.incident === null ? null : await deps.incident(request.incident);
  const permission = await deps.roles.may(asker.userId, 'R2', incident?.channel ?? null);
  if (!permission.allowed) {
    deps.counts.command('restart', 'refused');
    return asker.answer(renderDenied('Restarting', permission, await onCallNames(deps)));
  }
  const service = request.service ?? incident?.service ?? defaultService(deps);
  if (service === null) {
    return asker.answer(renderRefusal({ happened: 'No service is configured to restart.', todo: 'See `hosts.yml`.' }));
  }
  if (asker.triggerId === null) return asker.answer(renderRestartButton(service, request.incident, request.version));
  const meta: RestartMeta = {
    incident: incident?.id ?? null,
    version: request.version,
    channel: asker.channel,
    ts: asker.threadTs,
    service,
    mode: request.mode ?? restartChoices(deps).defaultMode,
    planHash: null,
    targets: null,
  };
  await open(meta, asker, asker.triggerId, deps);
}

async function open(meta: RestartMeta, asker: Asker, triggerId: string, deps: Desk): Promise<void> {
  const opening = deps.client.views.open({ trigger_id: triggerId, view: renderRestartLoading(meta) });
  const [opened] = await Promise.allSettled([opening, asker.taken()]);
  if (opened.status === 'rejected') {
    deps.logger.warn({ err: opened.reason }, 'restart modal could not be opened');
    const happened = 'The form could not be opened: Slack took too long.';
    return asker.answer(renderRefusal({ happened, not: 'Nothing was restarted.', todo: 'Press again.' }));
  }
  const view = opened.value.view;
  if (view?.id === undefined) return;
  await showPlan({ id: view.id, hash: view.hash ?? null }, meta, deps);
}

/** Plans and shows it in an open view; a view that was closed or changed meanwhile is left alone. */
export async function showPlan(
  view: { readonly id: string; readonly hash: string | null },
  meta: RestartMeta,
  deps: Desk,
): Promise<void> {
  const form = await planForm(meta, deps);
  try {
    await deps.client.views.update({
      view_id: view.id,
      ...(view.hash === null ? {} : { hash: view.hash }),
      view: form,
    });
  } catch (error) {
    deps.logger.debug({ err: error }, 'restart modal is not there any more');
  }
}

/** The form for what was chosen, with its plan or with why there is none. */
export async function planForm(meta: RestartMeta, deps: Desk): Promise<ModalView> {
  const planned = await planRestart(meta, deps);
  return renderRestartForm(planned.meta, restartChoices(deps), planned.plan);
}

function defaultService(deps: Desk): string | null {
  const config = deps.config.current();
  return config.defaultService ?? Object.keys(config.services)[0] ?? null;
}
