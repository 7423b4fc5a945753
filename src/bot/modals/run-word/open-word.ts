import type { Asker } from '../../commands/asker.ts';
import { whoMay } from '../../commands/who-may.ts';
import type { Desk } from '../../listen/deps.ts';
import { renderDenied, renderRefusal } from '../../render/answers/refusal.ts';
import type { WordSpec } from './word.ts';
import { renderPlanView, renderWord, type WordMeta } from './word-view.ts';

/** Opens the form for a word on a run, with the plan that the request is about. Opening changes nothing. */
export async function openWord(word: WordSpec, id: string, asker: Asker, deps: Desk): Promise<void> {
  const run = await deps.run(id);
  if (run === null) return asker.answer(renderRefusal({ happened: `There is no run ${id}.` }));
  const incident = run.incident === null ? null : await deps.incident(run.incident);
  const permission = await deps.roles.may(asker.userId, word.right(run.risk), incident?.channel ?? null, [], '*');
  if (!permission.allowed) {
    deps.counts.command(word.verb, 'refused');
    return asker.answer(renderDenied(word.doing, permission, await whoMay(deps, permission)));
  }
  if (run.approval?.state !== 'asked') {
    return asker.answer(renderRefusal({ happened: `${id} does not wait for a second person any more.`, not: '' }));
  }
  const { version, planHash } = run;
  const meta: WordMeta = { run: id, version, planHash, channel: asker.channel, ts: asker.threadTs };
  await open(asker, deps, renderWord(word, meta, run, deps.directory.nameOf(run.by)));
}

/** Shows the plan of a run. */
export async function openPlan(id: string, asker: Asker, deps: Desk): Promise<void> {
  const run = await deps.run(id);
  if (run === null) return asker.answer(renderRefusal({ happened: `There is no run ${id}.` }));
  await open(asker, deps, renderPlanView(run));
}

async function open(asker: Asker, deps: Desk, view: ReturnType<typeof renderPlanView>): Promise<void> {
  const { triggerId } = asker;
  if (triggerId === null) {
    const happened = 'A form opens only from a button or a slash command.';
    return asker.answer(renderRefusal({ happened, not: '', todo: 'Press the button of the request.' }));
  }
  const [opened] = await Promise.allSettled([deps.client.views.open({ trigger_id: triggerId, view }), asker.taken()]);
  if (opened.status === 'fulfilled') return;
  deps.logger.warn({ err: opened.reason }, 'form about a run could not be opened');
  const happened = 'The form could not be opened: Slack took too long.';
  await asker.answer(renderRefusal({ happened, todo: 'Press again.' }));
}
