import { describe, expect, it } from 'vitest';
import type { Asker } from '../../../src/bot/commands/asker.ts';
import type { VerbDeps } from '../../../src/bot/commands/verb.ts';
import { pageTestVerb } from '../../../src/bot/commands/verbs/page-test.ts';
import { validateMessage } from '../../../src/bot/limits.ts';
import type { Answer } from '../../../src/bot/render/answers/answer.ts';
import { renderPageTest } from '../../../src/bot/render/answers/page-test.ts';
import type { Command, Outcome } from '../../../src/core/command.ts';
import type { PageTestJson } from '../../../src/oncall/pagers/page-test-json.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const SENT: PageTestJson = { means: 'dm', delivery: 'sent', error: null, seconds: 0.4 };
const WAITING: PageTestJson = { means: 'sms', delivery: 'waiting', error: null, seconds: null };
const BUSY: PageTestJson = { means: 'voice', delivery: 'undelivered', error: 'busy', seconds: 31 };

describe('page-test in Slack', () => {
  /** What somebody is told; `looks` are the states of the pages, one a look, the last for ever. */
  async function told(person: string | null, outcome: Outcome, looks: ReadonlyArray<readonly PageTestJson[]>) {
    const clock = createFakeClock();
    const answers: Answer[] = [];
    const commands: Command[] = [];
    let look = 0;
    const deps = {
      clock: {
        ...clock,
        // a second between two looks passes at once; the patience of the answer does not
        after: (ms: number, task: () => void) => {
          if (ms > 1000) return clock.after(ms, task);
          queueMicrotask(task);
          return () => undefined;
        },
      },
      directory: { personOf: () => person, nameOf: (actor: string) => actor, nameOfPerson: (key: string) => key },
      counts: { command: () => undefined },
      submit: async (_key: string, command: Command) => {
        commands.push(command);
        return { duplicate: false, outcome: Promise.resolve(outcome) };
      },
      pageTest: async () => looks[Math.min(look++, looks.length - 1)] ?? null,
    } as unknown as VerbDeps;
    const asker = {
      userId: 'U01ANA',
      via: 'slash',
      key: 'k',
      taken: async () => undefined,
      answer: async (answer: Answer) => void answers.push(answer),
    } as unknown as Asker;
    await pageTestVerb.execute({ verb: 'page-test', by: ['sms'] }, asker, deps);
    return { commands, text: answers.map(({ text }) => text).join('\n') };
  }

  it('pages whoever asks, and says what became of it once that is known', async () => {
    const outcome: Outcome = { kind: 'done', text: 'TEST-1 pages ana by sms.', pageTest: 'TEST-1' };
    const { commands, text } = await told('ana', outcome, [
      [WAITING],
      [WAITING],
      [{ ...WAITING, delivery: 'delivered', seconds: 2 }],
    ]);

    expect(commands).toMatchObject([{ verb: 'page-test', by: 'slack:U01ANA', args: { person: 'ana', by: ['sms'] } }]);
    expect(text).toContain('✓ sms delivered after 2.0 s');
  });

  it('says what it was refused for, and how to be added to oncall.yml', async () => {
    const refused: Outcome = { kind: 'refused', code: 'MEANS_MISSING', text: 'No number is set.', remedy: 'Give one.' };

    expect((await told('ana', refused, [])).text).toContain('No number is set.');
    const unlisted = await told(null, refused, []);
    expect(unlisted.commands).toEqual([]);
    expect(unlisted.text).toContain('oncall.yml');
  });

  it('marks what arrived, what did not, and what still waits, within the limits', () => {
    const answer = renderPageTest('TEST-1', [SENT, WAITING, BUSY, { ...BUSY, error: '<!channel> '.repeat(50) }]);

    expect(answer.text).toContain('✓ dm sent after 0.4 s');
    expect(answer.text).toContain('⏳ sms waiting');
    expect(answer.text).toContain('✖ voice undelivered after 31.0 s: `busy`');
    expect(answer.text).not.toContain('<!channel>');
    expect(validateMessage(answer)).toEqual([]);
  });
});
