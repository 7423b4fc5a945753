import { whoMay } from '../../commands/who-may.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { renderDenied, renderRefusal } from '../../render/answers/refusal.ts';
import type { PressHandler } from '../button.ts';
import { refuseUnknown } from '../unknown.ts';

/** `gi.log`: puts what a run printed into the thread, as a file. */
export const runLogButton: PressHandler = {
  verb: 'log',
  press: async (click, asker, deps) => {
    const id = click.value.r;
    const run = id === undefined ? null : await deps.run(id);
    if (id === undefined || run === null) return refuseUnknown(asker, click);
    const incident = run.incident === null ? null : await deps.incident(run.incident);
    const permission = await deps.roles.may(asker.userId, 'evidence', incident?.channel ?? null);
    if (!permission.allowed)
      return asker.answer(renderDenied('Reading logs', permission, await whoMay(deps, permission)));
    await asker.taken();
    const content = await deps.runLog(id);
    const { channel, threadTs } = asker;
    if (content === null || channel === null) return refuseUnknown(asker, click);
    try {
      const file = { filename: `${id}.log`, title: `Log of ${id}`, content };
      const place = threadTs === null ? { channel_id: channel } : { channel_id: channel, thread_ts: threadTs };
      await deps.client.filesUploadV2({ ...file, ...place });
    } catch (error) {
      deps.logger.warn({ err: error, run: id }, 'log could not be uploaded');
      const todo = `On the host: \`gianna-ops runs ${id} --log\`.`;
      return asker.answer(renderRefusal({ happened: `The log of ${id} could not be uploaded.`, todo }));
    }
    await asker.answer(answerOf([`The log of ${id} is in the thread.`]));
  },
};
