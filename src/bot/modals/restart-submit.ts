import { onCallNames } from '../commands/on-call-names.ts';
import { outcomeWithin, outcomeWords } from '../commands/outcome.ts';
import { referenceOf } from '../commands/reference.ts';
import { actorOf } from '../directory.ts';
import type { Desk } from '../listen/deps.ts';
import type { Delivery } from '../listen/socket.ts';
import { tellPerson } from '../listen/tell.ts';
import { answerOf } from '../render/answers/answer.ts';
import { renderDenied, renderThrown } from '../render/answers/refusal.ts';
import { showPlan } from './restart.ts';
import { parametersOf, planRestart, restartChoices } from './restart-plan.ts';
import { RestartMeta, renderRestartForm, renderRestartLoading } from './restart-view.ts';
import { fieldErrors, ViewBody } from './view-body.ts';

/** Slack waits three seconds for the acknowledgement; the plan may take this much of them. */
const PLAN_PATIENCE_MS = 1_000;

interface Choice {
  readonly service: string;
  readonly mode: string;
  readonly reason: string | null;
}

/** Takes the confirmed restart: validate → authorise → compare with the plan that was shown → store → acknowledge → outcome. */
export async function onRestartSubmit(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  try {
    await submit(body, ack, deps);
  } catch (error) {
    // An empty acknowledgement would close the form as if all were well.
    const reference = referenceOf(JSON.stringify(error) + deps.clock.now());
    deps.logger.warn({ err: error, reference }, 'restart request failed');
    await ack(fieldErrors({ service: renderThrown(error, 'ask for the restart', reference).text }));
  }
}

async function submit(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  const read = readView(body);
  if (read === null) return ack(fieldErrors({ service: 'This form is not one of ours. Nothing was done.' }));
  const { view, meta, choice, userId } = read;
  const wrong = checkChoice(choice, deps);
  if (wrong !== null) return ack(fieldErrors({ [wrong.field]: wrong.text }));
  const incident = meta.incident === null ? null : await deps.incident(meta.incident);
  const permission = await deps.roles.may(userId, 'R2', incident?.channel ?? null);
  if (!permission.allowed) {
    deps.counts.command('restart', 'refused');
    return ack(fieldErrors({ service: renderDenied('Restarting', permission, await onCallNames(deps)).text }));
  }
  const hash = await agreedHash(meta, choice, deps);
  if (hash.kind === 'look-again') {
    await ack({ response_action: 'update', view: hash.view });
    return hash.afterwards(view.id);
  }
  if (hash.kind === 'blocked') return ack(fieldErrors({ service: hash.text }));
  await store({ viewId: view.id, userId, meta, choice, planHash: hash.planHash }, ack, deps);
}

/** Plans again when another service or mode is chosen in the open form. */
export async function onRestartChanged(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  await ack();
  const read = readView(body);
  if (read === null) return;
  const { service, mode } = read.choice;
  if (checkChoice(read.choice, deps) !== null) return;
  await showPlan({ id: read.view.id, hash: read.view.hash ?? null }, { ...read.meta, service, mode }, deps);
}

type AgreedHash =
  | { readonly kind: 'agreed'; readonly planHash: string }
  | { readonly kind: 'blocked'; readonly text: string }
  | { readonly kind: 'look-again'; readonly view: object; readonly afterwards: (viewId: string) => Promise<void> };

/** The hash of the plan that its reader agreed to. Another mode on the very targets shown is agreed too; another target has to be looked at. */
async function agreedHash(meta: RestartMeta, choice: Choice, deps: Desk): Promise<AgreedHash> {
  if (meta.planHash !== null && choice.service === meta.service && choice.mode === meta.mode) {
    return { kind: 'agreed', planHash: meta.planHash };
  }
  const chosen: RestartMeta = { ...meta, service: choice.service, mode: choice.mode };
  const late = new Promise<null>((resolve) => deps.clock.after(PLAN_PATIENCE_MS, () => resolve(null)));
  const planned = await Promise.race([planRestart(chosen, deps), late]);
  if (planned === null) {
    const afterwards = (viewId: string) => showPlan({ id: viewId, hash: null }, chosen, deps);
    return { kind: 'look-again', view: renderRestartLoading(chosen), afterwards };
  }
  const { plan } = planned;
  const sameTargets = choice.service === meta.service && planned.meta.targets === meta.targets;
  if ('hash' in plan && sameTargets) {
    if (plan.blockedBy.length === 0) return { kind: 'agreed', planHash: plan.hash };
    return {
      kind: 'blocked',
      text: plan.blockedBy
        .map((block) => block.reason)
        .join(' · ')
        .slice(0, 1900),
    };
  }
  const view = renderRestartForm(planned.meta, restartChoices(deps), plan);
  return { kind: 'look-again', view, afterwards: async () => undefined };
}

interface Agreed {
  readonly viewId: string;
  readonly userId: string;
  readonly meta: RestartMeta;
  readonly choice: Choice;
  readonly planHash: string;
}

async function store(agreed: Agreed, ack: Delivery['ack'], deps: Desk): Promise<void> {
  const { meta, choice } = agreed;
  const place = { userId: agreed.userId, channel: meta.channel, threadTs: meta.ts, responseUrl: null };
  const { outcome, duplicate } = await deps.submit(`view|${agreed.viewId}`, {
    v: 1,
    verb: 'run',
    by: actorOf(agreed.userId),
    at: deps.clock.now(),
    via: 'modal',
    ...(meta.incident === null ? {} : { incident: meta.incident }),
    seen: meta.version,
    args: {
      runbook: 'restart',
      parameters: parametersOf(choice, deps),
      planHash: agreed.planHash,
      ...(choice.reason === null ? {} : { reason: choice.reason }),
    },
  });
  deps.counts.command('restart', duplicate ? 'duplicate' : 'taken');
  await ack().catch((error: unknown) => deps.logger.warn({ err: error }, 'slack could not be told that it was taken'));
  if (duplicate) return;
  const ended = await outcomeWithin(outcome, deps.clock).catch((error: unknown) => {
    deps.logger.warn({ err: error }, 'restart request could not be decided');
    return error instanceof Error ? error : new Error('unknown');
  });
  if (ended instanceof Error)
    return tellPerson(deps.client, deps.logger, place, renderThrown(ended, 'restart', agreed.viewId));
  // In an incident's thread the run shows itself; only what did not happen needs words.
  if (ended?.kind === 'done' && meta.incident !== null) return;
  const words = outcomeWords(`Restart of ${choice.service}`, ended, deps.directory.nameOf);
  await tellPerson(deps.client, deps.logger, place, answerOf([words]));
}

function readView(body: unknown) {
  const parsed = ViewBody.safeParse(body);
  if (!parsed.success) return null;
  const { view, user } = parsed.data;
  const meta = readMeta(view.private_metadata);
  return meta === null ? null : { view, meta, userId: user.id, choice: choiceOf(view, meta) };
}

function readMeta(text: string): RestartMeta | null {
  try {
    const parsed = RestartMeta.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function choiceOf(view: ViewBody['view'], meta: RestartMeta): Choice {
  const picked = (name: string) => {
    const field = view.state?.values[name]?.value;
    return field?.selected_option?.value ?? field?.value ?? null;
  };
  const reason = (picked('reason') ?? '').trim();
  return {
    service: picked('service') ?? meta.service,
    mode: picked('mode') ?? meta.mode,
    reason: reason === '' ? null : reason,
  };
}

function checkChoice(choice: Choice, deps: Desk): { field: string; text: string } | null {
  const { services, modes } = restartChoices(deps);
  if (!services.includes(choice.service)) return { field: 'service', text: 'There is no such service any more.' };
  if (modes.length > 0 && !modes.includes(choice.mode)) return { field: 'mode', text: `One of: ${modes.join(', ')}.` };
  const length = choice.reason?.length ?? 3;
  return length < 3 || length > 300 ? { field: 'reason', text: 'Between 3 and 300 characters, or none.' } : null;
}
