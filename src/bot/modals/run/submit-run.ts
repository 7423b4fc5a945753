import type { RunbookConfig } from '../../../core/config/config.ts';
import { SECRET_NAME } from '../../../runbooks/secret-ref.ts';
import { outcomeWithin, outcomeWords } from '../../commands/outcome.ts';
import { referenceOf } from '../../commands/reference.ts';
import { whoMay } from '../../commands/who-may.ts';
import { actorOf } from '../../directory.ts';
import type { Desk } from '../../listen/deps.ts';
import type { Delivery } from '../../listen/socket.ts';
import { tellPerson } from '../../listen/tell.ts';
import { plain } from '../../mrkdwn.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { renderDenied, renderThrown } from '../../render/answers/refusal.ts';
import type { ModalHandler } from '../modal.ts';
import { fieldErrors, ViewBody } from '../view-body.ts';
import { agreedPlan } from './agreed-plan.ts';
import { showPlan } from './open-run.ts';
import { actOf, digestsOf, type RunMeta, readRunMeta, rightOf, serviceIn, verbOfRunbook } from './run-meta.ts';
import { valueFacts } from './run-plan.ts';
import { type RunValues, runValuesOf, wrongParameters, wrongRest } from './run-values.ts';

/** The forms of runs: `gi.restart` and `gi.run`. Submit is validate → authorise → compare with the plan that was shown → store → acknowledge → outcome. */
export const RUN_MODALS: readonly ModalHandler[] = (['restart', 'run'] as const).map((verb) => ({
  verb,
  submit: onSubmit,
  changed: onChanged,
}));

interface Filled {
  readonly view: ViewBody['view'];
  readonly userId: string;
  readonly meta: RunMeta;
  readonly runbook: RunbookConfig;
  readonly values: RunValues;
}

async function onSubmit(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  const filled = readFilled(body, deps);
  if (filled === null) return ack({ response_action: 'update', view: NOT_OURS });
  try {
    await submit(filled, ack, deps);
  } catch (error) {
    // An empty acknowledgement would close the form as if all were well.
    const reference = referenceOf(`${filled.view.id}${deps.clock.now()}`);
    deps.logger.warn({ err: error, reference, runbook: filled.meta.runbook }, 'run request failed');
    await ack(fieldErrors({ [mainField(filled.runbook)]: renderThrown(error, 'ask for that', reference).text }));
  }
}

async function submit(filled: Filled, ack: Delivery['ack'], deps: Desk): Promise<void> {
  const { meta, runbook, values, userId, view } = filled;
  const wrong = wrongParameters(runbook, values.parameters, await valueFacts(meta.incident, deps));
  if (Object.keys(wrong).length > 0) return ack(fieldErrors(wrong));
  const incident = meta.incident === null ? null : await deps.incident(meta.incident);
  const permission = await deps.roles.may(userId, rightOf(runbook.risk), incident?.channel ?? null, runbook.who, '*');
  if (!permission.allowed) {
    deps.counts.command(verbOfRunbook(runbook.runbook), 'refused');
    const denied = renderDenied(`${actOf(runbook.runbook)}:`, permission, await whoMay(deps, permission));
    return ack(fieldErrors({ [mainField(runbook)]: denied.text }));
  }
  const agreed = await agreedPlan(filled, deps);
  if (agreed.kind === 'look-again') {
    await ack({ response_action: 'update', view: agreed.view });
    return agreed.isPlanned ? undefined : showPlan({ id: view.id, hash: null }, filled, deps);
  }
  if (agreed.kind === 'blocked') return ack(fieldErrors({ [mainField(runbook)]: agreed.text }));
  // only what can be run has to be explained and confirmed
  const rest = wrongRest({ ...runbook, risk: agreed.risk }, values);
  if (Object.keys(rest).length > 0) return ack(fieldErrors(rest));
  await store(filled, agreed.planHash, ack, deps);
}

/** Plans again when something is picked in the open form, or typed and entered. */
async function onChanged(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  await ack();
  const filled = readFilled(body, deps);
  if (filled === null) return;
  const { parameters } = filled.values;
  const digests = digestsOf(parameters);
  const isPlanned = filled.meta.planHash !== null && isSame(digests, filled.meta.shown);
  const isShown = isPlanned && filled.meta.dryRun === filled.values.dryRun;
  if (isShown) return;
  await showPlan({ id: filled.view.id, hash: filled.view.hash ?? null }, harmless(filled), deps);
}

/** A secret that was typed by mistake must not stand in the form that is drawn again. */
function harmless(filled: Filled): Filled {
  const { runbook, values } = filled;
  const isHarmless = ([name, value]: [string, string]) =>
    runbook.parameters[name]?.type !== 'secret' || SECRET_NAME.test(value);
  const parameters = Object.entries(values.parameters).filter(isHarmless);
  return { ...filled, values: { ...values, parameters: Object.fromEntries(parameters) } };
}

async function store(filled: Filled, planHash: string, ack: Delivery['ack'], deps: Desk): Promise<void> {
  const { meta, values, runbook, userId, view } = filled;
  const { outcome, duplicate } = await deps.submit(`view|${view.id}`, {
    v: 1,
    verb: 'run',
    by: actorOf(userId),
    at: deps.clock.now(),
    via: 'modal',
    ...(meta.incident === null ? {} : { incident: meta.incident }),
    seen: meta.version,
    args: {
      runbook: runbook.runbook,
      parameters: values.parameters,
      planHash,
      ...(values.reason === '' ? {} : { reason: values.reason }),
      ...(values.dryRun ? { dryRun: true } : {}),
    },
  });
  deps.counts.command(verbOfRunbook(runbook.runbook), duplicate ? 'duplicate' : 'taken');
  await ack().catch((error: unknown) => deps.logger.warn({ err: error }, 'slack could not be told that it was taken'));
  if (duplicate) return;
  const words = await wordsFor(filled, outcome, deps);
  const place = { userId, channel: meta.channel, threadTs: meta.ts, responseUrl: null };
  if (words !== null) await tellPerson(deps.client, deps.logger, place, words);
}

async function wordsFor(filled: Filled, outcome: Parameters<typeof outcomeWithin>[0], deps: Desk) {
  const { meta, values, runbook, view } = filled;
  try {
    const ended = await outcomeWithin(outcome, deps.clock);
    // In an incident's thread the run shows itself; only what did not happen needs words.
    if (ended?.kind === 'done' && meta.incident !== null) return null;
    const service = serviceIn(runbook, values.parameters);
    const subject = service === null ? actOf(runbook.runbook) : `${actOf(runbook.runbook)} of ${plain(service, 80)}`;
    return answerOf([outcomeWords(subject, ended, deps.directory.nameOf)]);
  } catch (error) {
    deps.logger.warn({ err: error, runbook: meta.runbook }, 'run request could not be decided');
    return renderThrown(error, 'do that', referenceOf(view.id));
  }
}

function readFilled(body: unknown, deps: Desk): Filled | null {
  const parsed = ViewBody.safeParse(body);
  const meta = parsed.success ? readRunMeta(parsed.data.view.private_metadata) : null;
  if (!parsed.success || meta === null) return null;
  const { runbooks } = deps.config.current();
  const runbook = Object.hasOwn(runbooks, meta.runbook) ? runbooks[meta.runbook] : undefined;
  if (runbook === undefined) return null;
  const { view, user } = parsed.data;
  return { view, userId: user.id, meta, runbook, values: runValuesOf(view, runbook) };
}

function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}

/** The field that shows what is wrong with the whole. */
function mainField(runbook: RunbookConfig): string {
  return Object.keys(runbook.parameters)[0] ?? 'reason';
}

const NOT_OURS = {
  type: 'modal',
  title: { type: 'plain_text', text: 'Nothing was done' },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [
    {
      type: 'section',
      text: {
        type: 'plain_text',
        text: 'The runbook of this form is not configured any more, or the form is of another version. Open it again.',
      },
    },
  ],
};
