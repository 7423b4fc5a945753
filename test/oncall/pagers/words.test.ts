import { describe, expect, it } from 'vitest';
import { fitsOneSms, smsSize } from '../../../src/oncall/pagers/gsm.ts';
import type { PageCall } from '../../../src/oncall/pagers/page-call.ts';
import { callTwiml, headline, mailText, type PageWords, smsText } from '../../../src/oncall/pagers/words.ts';

const AT = Date.UTC(2026, 10, 23, 14, 2, 0);
const WORDS: PageWords = {
  incident: 'GI-42',
  severity: 'P0',
  title: 'Database connections exhausted',
  service: 'gianna',
  since: AT,
  now: AT + 180_000,
  next: 'Next: ben at 14:10 UTC',
  ackUrl: null,
  isTest: false,
};
const LINK = 'https://ops.company.com/a/42.ana.0123456789ab.t9k2p1.AAAAAAAAAAAAAAAAAAAAAA';

describe('what a page says', () => {
  it('says in an SMS what is wrong, since when, what follows and how to acknowledge without Slack', () => {
    expect(smsText(WORDS)).toBe(
      'P0 GI-42 Database connections exhausted (gianna) since 14:02Z\nNext: ben at 14:10 UTC\nAck on the host: gianna-ops ack GI-42',
    );
  });

  it.each([
    ['plain', 'Database is down'],
    ['long', 'word '.repeat(100)],
    ['long without spaces', 'x'.repeat(400)],
    ['accents', 'Conexões com o banco de dados esgotadas na região São Paulo – não há mais conexões livres'],
    ['of the extension table', '[{~}] '.repeat(40)],
    ['quotes and dashes', '“Redis” is slow — it’s at 99 %… '.repeat(6)],
  ])('fits one SMS with a link when the title is %s', (_name, title) => {
    const text = smsText({ ...WORDS, title, ackUrl: LINK });

    expect(fitsOneSms(text), `${text} takes ${JSON.stringify(smsSize(text))}`).toBe(true);
    expect(smsSize(text).alphabet).toBe('gsm-7');
    expect(text).toContain('GI-42');
    expect(text).toContain(LINK);
  });

  it('fits one UCS-2 SMS when the title cannot be written in GSM-7 and there is no link', () => {
    const text = smsText({ ...WORDS, title: 'База данных недоступна: соединения исчерпаны полностью' });

    expect(smsSize(text).alphabet).toBe('ucs-2');
    expect(fitsOneSms(text), text).toBe(true);
    expect(text).toContain('gianna-ops ack GI-42');
  });

  it('never cuts a link, even when one SMS is too short for it', () => {
    const text = smsText({ ...WORDS, title: '数据库连接耗尽', ackUrl: LINK });

    expect(text).toContain(LINK);
    expect(text.length).toBeLessThan(160);
  });

  it('lets no foreign text into the markup of a call, and says it twice', () => {
    const hostile = '</Say><Dial>+15550000</Dial><Say> & "quoted" ]]> \u0000\u202e';
    const twiml = callTwiml({ ...WORDS, title: hostile, service: '<Redirect>x</Redirect>' });

    expect(twiml.match(/<[A-Za-z/][^>]*>/g)).toEqual([
      '<Response>',
      '<Say>',
      '</Say>',
      '<Pause length="2"/>',
      '<Say>',
      '</Say>',
      '</Response>',
    ]);
    expect(twiml).not.toContain('\u0000');
    expect(twiml.length).toBeLessThan(4000);
  });

  it('keeps a call under the 4,000 characters that Twilio takes, whatever the title is', () => {
    expect(callTwiml({ ...WORDS, title: '&"<>\''.repeat(2000) }).length).toBeLessThan(4000);
  });

  it('is one line where a header or a summary wants one', () => {
    const line = headline({ ...WORDS, title: 'down\r\nBcc: everybody@company.com\r\n\r\nbody', service: 'a\nb' });

    expect(line).not.toMatch(/[\r\n]/);
    expect(line).toContain('Bcc: everybody@company.com');
  });

  it('marks a test, and asks for nothing', () => {
    const test = { ...WORDS, isTest: true };

    expect(headline(test)).toMatch(/^TEST /);
    expect(smsText(test)).toMatch(/^TEST .*Nothing to do\.$/s);
    expect(mailText(test)).toContain('nothing is wrong');
    expect(callTwiml(test)).toContain('This is a test page');
  });

  it('names the link and the command in a mail', () => {
    const text = mailText({ ...WORDS, ackUrl: LINK });

    expect(text).toContain(`Acknowledge: ${LINK}`);
    expect(text).toContain('on the host: gianna-ops ack GI-42');
    expect(text).toContain('Since 2026-11-23 14:02 UTC (3m ago).');
  });
});

const OWNER: PageCall = {
  why: 'owner',
  by: null,
  says: 'You acknowledged it and have not answered: still on it?',
  brief: 'still on it?',
  message: null,
  answer: 'still-on-it',
  taker: 'ana',
};
const LEVEL: PageCall = {
  ...OWNER,
  why: 'level',
  says: 'ana has it and does not answer: please look',
  brief: 'its owner does not answer',
  answer: 'take-over',
  taker: 'ben',
};
const CALLED: PageCall = {
  ...LEVEL,
  why: 'escalate',
  by: 'ben',
  says: 'ben escalates it to you',
  brief: 'escalated to you',
  message: 'the replica is gone too, and the backup is two days old',
};
const HOSTILE = '</Say><Dial>+15550000</Dial> & "quoted" \u202e'.repeat(40);

describe('what a page beside the policy says', () => {
  it('asks the owner in an SMS, and leads to the answer', () => {
    const text = smsText({ ...WORDS, call: OWNER, ackUrl: LINK });

    expect(text).toBe(`P0 GI-42 You acknowledged it and have not answered: still on it? Dat...\nStill on it: ${LINK}`);
    expect(fitsOneSms(text)).toBe(true);
  });

  it.each([
    ['still on it', OWNER, 'Say so on the host: gianna-ops incidents still-on-it GI-42'],
    ['taking over', LEVEL, 'Take over on the host: gianna-ops incidents assign GI-42 ben'],
    [
      'taking over without a Slack account',
      { ...LEVEL, taker: null },
      'Take over on the host: gianna-ops incidents unack GI-42 && gianna-ops ack GI-42',
    ],
    ['acknowledging', { ...CALLED, answer: 'ack' }, 'Acknowledge on the host: gianna-ops ack GI-42'],
  ] as const)('names the command of %s where there is no link', (_what, call, command) => {
    const text = smsText({ ...WORDS, call });

    expect(text.endsWith(`\n${command}`), text).toBe(true);
    expect(fitsOneSms(text), text).toBe(true);
    expect(mailText({ ...WORDS, call })).toContain(command);
  });

  it.each([
    ['the owner', OWNER],
    ['the next level', LEVEL],
    ['whoever is called', CALLED],
    ['a long message', { ...CALLED, message: HOSTILE }],
    ['a message beyond GSM-7', { ...CALLED, message: 'реплика тоже недоступна' }],
    ['a name beyond GSM-7', { ...LEVEL, says: 'Иван has it and does not answer: please look' }],
    ['a long name', { ...LEVEL, says: `${'x'.repeat(60)} has it and does not answer: please look` }],
  ] as const)('fits one SMS with a link, whole, and what is asked stands in it: %s', (_who, call) => {
    for (const title of ['Database is down', 'База данных недоступна', 'x'.repeat(400)]) {
      const text = smsText({ ...WORDS, title, call, ackUrl: LINK });

      expect(fitsOneSms(text), `${text} takes ${JSON.stringify(smsSize(text))}`).toBe(true);
      expect(text.endsWith(LINK), text).toBe(true);
      expect(text).toMatch(/still on it\?|does not answer|escalates it to you|escalated to you/);
    }
  });

  it('keeps the beginning of a message in an SMS before the title', () => {
    const text = smsText({ ...WORDS, call: CALLED, ackUrl: LINK });

    expect(text).toMatch(/^P0 GI-42 ben escalates it to you: the replica is gone .*\.\.\.\nTake over: /);
  });

  it('never cuts a link that no SMS has room for', () => {
    const long = `${LINK}${'x'.repeat(100)}`;

    expect(smsText({ ...WORDS, call: CALLED, ackUrl: long })).toBe(`P0 GI-42 escalated to you\n${long}`);
  });

  it('says in a mail who calls, what they wrote and what to do', () => {
    const text = mailText({ ...WORDS, call: { ...CALLED, message: 'gone\r\nBcc: <b>all</b>' }, ackUrl: LINK });

    expect(text.split('\n')).toEqual([
      'P0 GI-42 escalated to you: Database connections exhausted (gianna)',
      '',
      'ben escalates it to you: gone Bcc: <b>all</b>',
      'Since 2026-11-23 14:02 UTC (3m ago).',
      'Next: ben at 14:10 UTC',
      '',
      `Take over: ${LINK}`,
      'or on the host: gianna-ops incidents assign GI-42 ben',
      '',
    ]);
  });

  it('says so of further incidents that a mail names', () => {
    const others = [{ incident: 'GI-43', severity: 'P1', title: 'Cache is cold', call: LEVEL }] as const;

    expect(mailText({ ...WORDS, others })).toContain(
      'P1 GI-43 its owner does not answer: Cache is cold\nana has it and does not answer: please look.\n',
    );
  });

  it('asks before it says what is wrong in a call, and says what to do', () => {
    const twiml = callTwiml({ ...WORDS, call: OWNER });

    expect(twiml).toContain('G I 42. You acknowledged it and have not answered: still on it? Database connections');
    expect(twiml).toContain('or on the host with gianna-ops incidents still-on-it G I 42.</Say>');
    expect(twiml).not.toContain('Acknowledge in Slack');
  });

  it('lets nothing that a person wrote into the markup of a call, nor push out what to do', () => {
    const says = `${HOSTILE.slice(0, 60)} escalates it to you`;
    const twiml = callTwiml({
      ...WORDS,
      title: HOSTILE,
      service: HOSTILE,
      call: { ...CALLED, says, message: HOSTILE },
    });

    expect(twiml.match(/<[A-Za-z/][^>]*>/g)).toHaveLength(7);
    expect(twiml.length).toBeLessThan(4000);
    expect(twiml).toContain('gianna-ops incidents assign G I 42 ben.</Say></Response>');
  });

  it('is one line in a subject', () => {
    expect(headline({ ...WORDS, call: LEVEL, title: 'down\r\nBcc: all' })).toBe(
      'P0 GI-42 its owner does not answer: down Bcc: all (gianna)',
    );
    expect(headline({ ...WORDS, call: OWNER })).toMatch(/^P0 GI-42 still on it\? Database/);
  });
});
