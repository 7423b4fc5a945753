import { openRestart } from '../../modals/restart.ts';
import type { PressHandler } from '../button.ts';
import { refuseUnknown } from '../unknown.ts';

/** `gi.restart`: opens the form, never restarts by itself. */
export const restartButton: PressHandler = {
  verb: 'restart',
  press: async (click, asker, deps) => {
    const service = click.value.s ?? null;
    const incident = click.value.i ?? null;
    const knowsService = service === null || deps.config.current().services[service] !== undefined;
    if (!knowsService || (service === null && incident === null)) return refuseUnknown(asker, click);
    if (incident !== null && (await deps.incident(incident)) === null) return refuseUnknown(asker, click);
    await openRestart({ service, mode: null, incident, version: click.value.n }, asker, deps);
  },
};
