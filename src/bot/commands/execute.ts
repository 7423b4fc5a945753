import type { Desk } from '../listen/deps.ts';
import { renderHelp } from '../render/answers/help.ts';
import type { Asker } from './asker.ts';
import { type OpsCommand, specOf } from './grammar.ts';

/** Carries out an understood command for its asker. Reads never pass through the inbox; what changes something is stored first. */
export async function execute(command: OpsCommand, asker: Asker, deps: Desk): Promise<void> {
  const { runbooks } = deps.config.current();
  const helpOn = (topic: string | null) => renderHelp(topic, runbooks);
  await specOf(command.verb).execute(command, asker, { ...deps, helpOn });
}
