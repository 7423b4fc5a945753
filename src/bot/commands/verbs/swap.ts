import { swapForm } from '../../modals/forms/swap.ts';
import { openForm } from '../../modals/open-form.ts';
import { renderNotListed } from '../../render/answers/not-listed.ts';
import type { Asker } from '../asker.ts';
import { changeRoster } from '../change-roster.ts';
import { type Laid, readLaid } from '../laid.ts';
import { laidAsked } from '../laid-asked.ts';
import { personAsked } from '../person-asked.ts';
import { defineVerb, RESPONDER, type VerbDeps } from '../verb.ts';

interface SwapCommand {
  readonly verb: 'swap';
  /** `slack:U01`, a key of oncall.yml, or `me`. */
  readonly person: string;
  readonly with: string | null;
  readonly laid: Laid;
}

/** `oncall swap @ben`: the asker and Ben exchange their next shifts; what is missing opens the form. */
export const swapVerb = defineVerb<SwapCommand>({
  verb: 'swap',
  about: 'roster',
  group: 'People',
  usage: 'oncall swap [@PERSON] @PERSON [from TIME] [for D|until TIME] [--schedule NAME] [--reason TEXT]',
  says: 'two exchange their next shifts; both are told',
  examples: [
    'oncall swap @ben --schedule primary',
    'oncall swap ana ben --schedule primary --reason a wedding',
    'oncall swap @ben from mon 9am until fri 18:00 --schedule primary',
  ],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['exchange', 'trade'],
  parse: (rest, context) => {
    const read = readLaid(rest, 2, context);
    if (read.kind !== 'laid') return read;
    const [first = null, second = null] = read.people;
    const [person, other] = second === null ? ['me', first] : [first ?? 'me', second];
    return { kind: 'command', command: { verb: 'swap', person, with: other, laid: read.laid } };
  },
  execute,
});

async function execute(command: SwapCommand, asker: Asker, deps: VerbDeps): Promise<void> {
  const { laid } = command;
  const asked = await laidAsked(laid, asker, deps);
  const one = personAsked(command.person, asker.userId, deps);
  const other = command.with === null ? null : personAsked(command.with, asker.userId, deps);
  for (const each of [one, other]) {
    if (each?.kind === 'unlisted') return asker.answer(renderNotListed(each.account, asker.userId));
  }
  const people = { ...named('person', one), ...named('with', other) };
  if (other === null || asked.args.schedule === undefined) {
    return openForm(swapForm, { incident: null, version: null, given: { ...asked.given, ...people } }, asker, deps);
  }
  const { doing } = swapForm;
  await changeRoster({ verb: 'swap', doing, args: { ...asked.args, ...people }, readAs: asked.readAs }, asker, deps);
}

function named(name: 'person' | 'with', who: ReturnType<typeof personAsked> | null): Record<string, string> {
  return who?.kind === 'listed' ? { [name]: who.key } : {};
}
