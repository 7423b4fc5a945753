import type { IncidentView } from '../../../alerts/incident-view.ts';
import type { Config, RunbookConfig } from '../../../core/config/config.ts';
import { closest } from '../../../core/suggest.ts';
import type { Asker } from '../../commands/asker.ts';
import { whoMay } from '../../commands/who-may.ts';
import type { Desk } from '../../listen/deps.ts';
import { code } from '../../mrkdwn.ts';
import { type Refusal, renderDenied, renderRefusal } from '../../render/answers/refusal.ts';
import { renderRunButton } from '../../render/answers/run-button.ts';
import { actOf, OWN_FIELDS, type RunMeta, rightOf, serviceIn, verbOfRunbook } from './run-meta.ts';
import { namesFor } from './run-names.ts';
import { planForm } from './run-plan.ts';
import type { RunValues } from './run-values.ts';
import { renderRunForm, renderRunLoading } from './run-view.ts';

export interface RunRequest {
  readonly runbook: string;
  /** Parameters that are known already; names that the runbook does not have are left out. */
  readonly given: Readonly<Record<string, string>>;
  readonly incident: string | null;
  /** The version of the incident that the asker saw. */
  readonly version: number;
  /** Null: as the risk wants it. */
  readonly dryRun: boolean | null;
}

/**
 * Opens the form of a runbook: a loading view within Slack's three seconds, then the exact plan. Where Slack gives no
 * trigger (a mention) the answer is a button that opens it. Nothing is ever run without the form.
 */
export async function openRun(request: RunRequest, asker: Asker, deps: Desk): Promise<void> {
  const config = deps.config.current();
  const runbook = Object.hasOwn(config.runbooks, request.runbook) ? config.runbooks[request.runbook] : undefined;
  if (runbook === undefined) return asker.answer(renderRefusal(unknownRunbook(request.runbook, config)));
  const incident = request.incident === null ? null : await deps.incident(request.incident);
  const permission = await deps.roles.may(
    asker.userId,
    rightOf(runbook.risk),
    incident?.channel ?? null,
    runbook.who,
    '*',
  );
  if (!permission.allowed) {
    deps.counts.command(verbOfRunbook(runbook.runbook), 'refused');
    return asker.answer(renderDenied(`${actOf(runbook.runbook)}:`, permission, await whoMay(deps, permission)));
  }
  const unfit = unfitness(runbook, config);
  if (unfit !== null) return asker.answer(renderRefusal(unfit));
  const values = valuesToBegin(runbook, request, incident, config);
  if (asker.triggerId === null) {
    const service = serviceIn(runbook, values.parameters);
    return asker.answer(renderRunButton(runbook.runbook, service, request.incident, request.version));
  }
  const meta: RunMeta = {
    runbook: runbook.runbook,
    incident: incident?.id ?? null,
    version: request.version,
    channel: asker.channel,
    ts: asker.threadTs,
    planHash: null,
    targets: null,
    risk: null,
    dryRun: values.dryRun,
    shown: {},
  };
  await open({ runbook, meta, values }, asker, asker.triggerId, deps);
}

/** A form that is open, or about to be. */
interface RunForm {
  readonly runbook: RunbookConfig;
  readonly meta: RunMeta;
  readonly values: RunValues;
}

async function open(form: RunForm, asker: Asker, triggerId: string, deps: Desk): Promise<void> {
  const view = renderRunLoading(form.runbook, form.meta, form.values);
  const opening = deps.client.views.open({ trigger_id: triggerId, view });
  const [opened] = await Promise.allSettled([opening, asker.taken()]);
  if (opened.status === 'rejected') {
    deps.logger.warn({ err: opened.reason, runbook: form.meta.runbook }, 'form of a run could not be opened');
    const happened = 'The form could not be opened: Slack took too long.';
    return asker.answer(renderRefusal({ happened, not: 'Nothing was run.', todo: 'Press again.' }));
  }
  const id = opened.value.view?.id;
  if (id === undefined) return;
  await showPlan({ id, hash: opened.value.view?.hash ?? null }, form, deps);
}

/** Plans and shows it in an open view; a view that was closed or changed meanwhile is left alone. */
export async function showPlan(
  view: { readonly id: string; readonly hash: string | null },
  { runbook, meta, values }: RunForm,
  deps: Desk,
): Promise<void> {
  const form = renderRunForm(runbook, await planForm(runbook, meta, values, deps), values, deps.config.current());
  const at = { view_id: view.id, ...(view.hash === null ? {} : { hash: view.hash }) };
  try {
    await deps.client.views.update({ ...at, view: form });
  } catch (error) {
    deps.logger.debug({ err: error }, 'form of a run is not there any more');
  }
}

function valuesToBegin(
  runbook: RunbookConfig,
  { given, dryRun }: RunRequest,
  incident: IncidentView | null,
  { defaultService }: Config,
): RunValues {
  const parameters = Object.entries(runbook.parameters).flatMap(([name, parameter]) => {
    const ofPlace = parameter.type === 'service' ? (incident?.service ?? defaultService) : null;
    const value = (Object.hasOwn(given, name) ? given[name] : null) ?? parameter.default ?? ofPlace;
    return value === null ? [] : [[name, String(value)] as const];
  });
  return {
    parameters: Object.fromEntries(parameters),
    dryRun: dryRun ?? runbook.risk === 'R3',
    reason: incident?.id ?? '',
    confirm: '',
  };
}

/** Why a runbook cannot be asked for in a form; null: it can. */
function unfitness(runbook: RunbookConfig, config: Config): Refusal | null {
  for (const [name, parameter] of Object.entries(runbook.parameters)) {
    if (OWN_FIELDS.includes(name)) {
      const happened = `The runbook has a parameter ${code(name)}, a name that the form needs itself.`;
      return { happened, todo: 'Rename it, or run it on the command line.' };
    }
    if (parameter.required && namesFor(parameter, config)?.length === 0) {
      return { happened: `No ${parameter.type} is configured that it could act on.`, todo: 'See `hosts.yml`.' };
    }
  }
  return null;
}

function unknownRunbook(name: string, { runbooks }: Config): Refusal {
  const near = closest(name, Object.keys(runbooks)).map((each) => code(each));
  const todo = near.length === 0 ? 'See `/gianna runbook list`.' : `Did you mean ${near.join(', ')}?`;
  return { happened: `There is no runbook ${code(name)}.`, todo };
}
