import type { ReadVerb } from '../button.ts';
import type { Asker } from '../commands/asker.ts';
import type { OpsCommand } from '../commands/grammar.ts';
import { carryOut } from '../commands/speak.ts';
import type { Desk } from '../listen/deps.ts';
import type { Delivery } from '../listen/socket.ts';
import { openRestart } from '../modals/restart.ts';
import { renderRefusal } from '../render/answers/refusal.ts';
import { onAskingClick } from './click.ts';
import type { Click } from './click-body.ts';

/** Handles `gi.status`, `gi.probe`, `gi.oncall`, `gi.help`: reads at the press. */
export async function onReadClick(verb: ReadVerb, body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  await onAskingClick(body, ack, deps, (asker, click) => {
    const command = readCommand(verb, click.value?.s ?? null, deps);
    return command === null ? refuseUnknown(asker, click) : carryOut(command, asker, deps);
  });
}

/** Handles `gi.restart`: opens the form, never restarts by itself. */
export async function onRestartClick(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  await onAskingClick(body, ack, deps, async (asker, click) => {
    const service = click.value?.s ?? null;
    const incident = click.value?.i ?? null;
    const knowsService = service === null || deps.config.current().services[service] !== undefined;
    if (!knowsService || (service === null && incident === null)) return refuseUnknown(asker, click);
    if (incident !== null && (await deps.incident(incident)) === null) return refuseUnknown(asker, click);
    await openRestart({ service, mode: null, incident, version: click.value?.n ?? 0 }, asker, deps);
  });
}

function readCommand(verb: ReadVerb, subject: string | null, deps: Desk): OpsCommand | null {
  const { services, probes } = deps.config.current();
  const isService = subject !== null && Object.hasOwn(services, subject);
  const isProbe = subject !== null && Object.hasOwn(probes, subject);
  if (subject !== null && !isService && !isProbe) return null;
  switch (verb) {
    case 'status':
      return { verb, service: isService ? subject : null };
    case 'probe':
      if (subject === null) return { verb, subject: { kind: 'all' }, share: false };
      return { verb, subject: { kind: isService ? 'service' : 'probe', name: subject }, share: false };
    case 'oncall':
      return { verb };
    case 'help':
      return { verb, topic: null };
    default:
      return verb satisfies never;
  }
}

function refuseUnknown(asker: Asker, click: Click): Promise<void> {
  const what = click.value?.i ?? 'what this button is about';
  return asker.answer(renderRefusal({ happened: `I do not know ${what} any more.`, todo: 'See `/gianna status`.' }));
}
