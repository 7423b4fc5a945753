import { MEANS, type Means } from '../../../core/config/config.ts';
import { closest } from '../../../core/suggest.ts';
import { actorOf } from '../../directory.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { renderNotListed } from '../../render/answers/not-listed.ts';
import { renderPageTest } from '../../render/answers/page-test.ts';
import type { Asker } from '../asker.ts';
import { outcomeWithin, outcomeWords } from '../outcome.ts';
import { personAsked } from '../person-asked.ts';
import { defineVerb, EVERYBODY, type ParsedAs, type VerbDeps } from '../verb.ts';
import type { Word } from '../words.ts';

interface PageTestCommand {
  readonly verb: 'page-test';
  /** Empty: all that the asker has. */
  readonly by: readonly Means[];
}

const LOOK_EVERY_MS = 1_000;
/** So long the answer waits for what became of the pages; a call may ring for longer. */
const MOST_LOOKS = 20;

/** `page-test [sms email]`: pages the asker now, marked as a test, and says what became of it. */
export const pageTestVerb = defineVerb<PageTestCommand>({
  verb: 'page-test',
  about: 'roster',
  group: 'People',
  usage: 'page-test [dm|email|sms|voice|webhook …]',
  says: 'page yourself now, marked as a test, by each of your means',
  examples: ['page-test', 'page-test sms email'],
  risk: 'R1',
  who: EVERYBODY,
  aliases: ['page-me', 'test-page'],
  isMinor: true,
  parse,
  execute,
});

function parse(rest: readonly Word[]): ParsedAs<PageTestCommand> {
  const by: Means[] = [];
  for (const { word } of rest) {
    const name = word.toLowerCase().replace(/^--?by=?|,+$/g, '');
    const means = MEANS.find((each) => each === name);
    if (means !== undefined) by.push(means);
    else if (name !== '' && name !== 'me') {
      return { kind: 'unknown', what: 'option', word, suggestions: closest(name, MEANS) };
    }
  }
  return { kind: 'command', command: { verb: 'page-test', by: [...new Set(by)] } };
}

async function execute({ by }: PageTestCommand, asker: Asker, deps: VerbDeps): Promise<void> {
  const who = personAsked('me', asker.userId, deps);
  if (who.kind === 'unlisted') return asker.answer(renderNotListed(who.account, asker.userId));
  const { outcome, duplicate } = await deps.submit(`${asker.key}|page-test`, {
    v: 1,
    verb: 'page-test',
    by: actorOf(asker.userId),
    at: deps.clock.now(),
    via: asker.via,
    args: { person: who.key, by: [...by] },
  });
  deps.counts.command('page-test', duplicate ? 'duplicate' : 'taken');
  await asker.taken();
  const ended = await outcomeWithin(outcome, deps.clock);
  const test = ended?.kind === 'done' ? ended.pageTest : undefined;
  if (test === undefined) return asker.answer(answerOf([outcomeWords('Test', ended, deps.directory.nameOf)]));
  await asker.answer(renderPageTest(test, await settled(test, deps)));
}

/** What became of its pages, once they have ended or the patience has. */
async function settled(test: string, { pageTest, clock }: VerbDeps) {
  let pages = (await pageTest(test)) ?? [];
  for (let look = 0; look < MOST_LOOKS && pages.some(({ delivery }) => delivery === 'waiting'); look += 1) {
    await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
    pages = (await pageTest(test)) ?? [];
  }
  return pages;
}
