import type { Asker } from '../../commands/asker.ts';
import type { Desk } from '../../listen/deps.ts';
import { openRun } from '../../modals/run/open-run.ts';
import { RESTART } from '../../modals/run/run-meta.ts';
import type { OwnClick, PressHandler } from '../button.ts';
import { refuseUnknown } from '../unknown.ts';

/** `gi.restart`: opens the form of the restart, never restarts by itself. */
export const restartButton: PressHandler = {
  verb: 'restart',
  press: (click, asker, deps) => openForm(RESTART, click, asker, deps),
};

/** `gi.run`: opens the form of the runbook that its value names, never runs it by itself. */
export const runButton: PressHandler = {
  verb: 'run',
  press: (click, asker, deps) => {
    const { b: runbook } = click.value;
    return runbook === undefined ? refuseUnknown(asker, click) : openForm(runbook, click, asker, deps);
  },
};

async function openForm(runbook: string, click: OwnClick, asker: Asker, deps: Desk): Promise<void> {
  const { s: service = null, i: incident = null, n: version } = click.value;
  const { runbooks, services } = deps.config.current();
  const knowsService = service === null || Object.hasOwn(services, service);
  const isKnown = knowsService && (runbook !== RESTART || service !== null || incident !== null);
  if (!isKnown || !Object.hasOwn(runbooks, runbook)) return refuseUnknown(asker, click);
  if (incident !== null && (await deps.incident(incident)) === null) return refuseUnknown(asker, click);
  const parameters = Object.entries(runbooks[runbook]?.parameters ?? {});
  const name = parameters.find(([, { type }]) => type === 'service')?.[0];
  const given = service === null || name === undefined ? {} : { [name]: service };
  await openRun({ runbook, given, incident, version, dryRun: null }, asker, deps);
}
