import { renderBlocks } from '../../render/answers/blocks.ts';
import { renderDenied } from '../../render/answers/refusal.ts';
import { defineVerb, RESPONDER } from '../verb.ts';
import { whoMay } from '../who-may.ts';

/** `blocks`: asks every host what of ours it blocks now. */
export const blocksVerb = defineVerb<{ readonly verb: 'blocks' }>({
  verb: 'blocks',
  about: null,
  group: 'Look',
  usage: 'blocks',
  says: 'which addresses are blocked where, by whom, why, until when',
  examples: ['blocks'],
  risk: 'R0',
  who: RESPONDER,
  aliases: ['blocked', 'blocklist'],
  parse: ([surplus]) => {
    if (surplus !== undefined) return { kind: 'surplus', verb: 'blocks', word: surplus.word };
    return { kind: 'command', command: { verb: 'blocks' } };
  },
  execute: async (_command, asker, deps) => {
    const permission = await deps.roles.may(asker.userId, 'evidence');
    if (!permission.allowed) return asker.answer(renderDenied('Blocks:', permission, await whoMay(deps, permission)));
    await asker.taken();
    await asker.answer(renderBlocks(await deps.blocks(), deps.directory.nameOf));
  },
});
