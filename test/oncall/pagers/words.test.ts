import { describe, expect, it } from 'vitest';
import { fitsOneSms, smsSize } from '../../../src/oncall/pagers/gsm.ts';
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
