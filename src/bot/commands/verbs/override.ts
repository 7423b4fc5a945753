import { overrideForm } from '../../modals/forms/override.ts';
import { openForm } from '../../modals/open-form.ts';
import { renderNotListed } from '../../render/answers/not-listed.ts';
import type { Asker } from '../asker.ts';
import { changeRoster } from '../change-roster.ts';
import { type Laid, readLaid } from '../laid.ts';
import { laidAsked } from '../laid-asked.ts';
import { personAsked } from '../person-asked.ts';
import { defineVerb, RESPONDER, type VerbDeps } from '../verb.ts';

interface OverrideCommand {
  readonly verb: 'override';
  /** `slack:U01`, a key of oncall.yml, or `me`. */
  readonly person: string | null;
  readonly laid: Laid;
}

/** `oncall override @ben for 4h`: somebody is on call in place of whoever would be; what is missing opens the form. */
export const overrideVerb = defineVerb<OverrideCommand>({
  verb: 'override',
  about: 'roster',
  group: 'People',
  usage: 'oncall override @PERSON|NAME|me [from TIME] for D|until TIME [--schedule NAME] [--reason TEXT]',
  says: 'put somebody on call for a while',
  examples: [
    'oncall override @ben for 4h',
    'oncall override me until tomorrow 9am',
    'oncall override ben from fri 18:00 until mon 9am --schedule primary --reason ana is away',
  ],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['stand-in', 'cover'],
  parse: (rest, context) => {
    const read = readLaid(rest, 1, context);
    if (read.kind !== 'laid') return read;
    return { kind: 'command', command: { verb: 'override', person: read.people[0] ?? null, laid: read.laid } };
  },
  execute,
});

async function execute({ person, laid }: OverrideCommand, asker: Asker, deps: VerbDeps): Promise<void> {
  const asked = await laidAsked(laid, asker, deps);
  const who = person === null ? null : personAsked(person, asker.userId, deps);
  if (who?.kind === 'unlisted') return asker.answer(renderNotListed(who.account, asker.userId));
  const key = who === null ? {} : { person: who.key };
  if (who === null || asked.args.schedule === undefined || laid.span === null) {
    const { to, ...others } = asked.given;
    const length = asked.seconds === null ? (to === undefined ? {} : { to }) : { seconds: String(asked.seconds) };
    const given = { ...others, ...length, ...key };
    return openForm(overrideForm, { incident: null, version: null, given }, asker, deps);
  }
  const { doing } = overrideForm;
  await changeRoster({ verb: 'override', doing, args: { ...asked.args, ...key }, readAs: asked.readAs }, asker, deps);
}
