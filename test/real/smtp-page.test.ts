import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmailPager } from '../../src/oncall/pagers/email.ts';
import type { OutgoingPage } from '../../src/oncall/pagers/pager.ts';
import { mayRun } from '../support/need.ts';
import { type SmtpServer, startSmtp, whyNoSmtp } from '../support/smtp-server.ts';

const LINK = 'https://ops.company.com/a/42.ana.0123456789ab.t9k2p1.AAAAAAAAAAAAAAAAAAAAAA';

function page(to: string, title = 'Database is down'): OutgoingPage {
  const words = {
    incident: 'GI-42',
    severity: 'P0',
    title,
    service: 'gianna',
    since: Date.UTC(2026, 10, 23, 14, 2),
    now: Date.UTC(2026, 10, 23, 14, 3),
    next: 'Next: ben at 14:10 UTC',
    ackUrl: LINK,
    isTest: false,
  } as const;
  const address = { kind: 'email', value: to } as const;
  return { key: 'page|GI-42|1|1|0|person:ana|email', person: 'ana', address, words, askedAt: 0, mayBeThere: false };
}

/** Headers of a mail, unfolded. */
function headersOf(mail: string): string[] {
  const [head = ''] = mail.split(/\r?\n\r?\n/);
  return head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
}

describe.runIf(mayRun(whyNoSmtp()))('pages by a real SMTP server', () => {
  let smtp: SmtpServer;
  beforeEach(async () => {
    smtp = await startSmtp();
  });
  afterEach(() => smtp.stop());

  const pager = () => createEmailPager({ url: smtp.url, from: 'Gianna <gianna@company.com>' });

  it('arrives with what is wrong, and how to acknowledge', async () => {
    const result = await pager().send(page('ana@company.com'));

    const [mail = ''] = smtp.mails();
    expect(result).toEqual({
      kind: 'sent',
      reference: expect.stringMatching(/^<[0-9a-f]{32}@company\.com>$/),
      isFinal: true,
    });
    expect(headersOf(mail)).toEqual(
      expect.arrayContaining([
        'Subject: P0 GI-42 Database is down (gianna)',
        'From: Gianna <gianna@company.com>',
        'To: ana@company.com',
        'Auto-Submitted: auto-generated',
        'X-Gianna-Incident: GI-42',
        `Message-ID: ${result.kind === 'sent' ? result.reference : ''}`,
      ]),
    );
    const text = mail.replace(/=\r?\n/g, '');
    expect(text).toContain('Since 2026-11-23 14:02 UTC');
    expect(text).toContain(LINK);
    expect(text).toContain('on the host: gianna-ops ack GI-42');
  });

  it('lets no foreign text add a header, a receiver or a body', async () => {
    const title = 'down\r\nBcc: all@company.com\r\nX-Evil: 1\r\n\r\n.\r\nQUIT\r\n<script>';
    await pager().send(page('ana@company.com', title));

    const [mail = ''] = smtp.mails();
    const names = headersOf(mail).map((line) => line.split(':')[0]?.toLowerCase());
    expect(names).not.toContain('bcc');
    expect(names).not.toContain('x-evil');
    expect(names).toContain('subject');
    expect(headersOf(mail).filter((line) => line.startsWith('X-RcptTo'))).toEqual(['X-RcptTo: ana@company.com']);
  });

  it('has one Message-ID however often it is sent: a lost answer shows one mail', async () => {
    const lost = await pager().send(page('lost@company.com'));
    const again = await pager().send({ ...page('lost@company.com'), mayBeThere: true });

    expect(lost).toMatchObject({ kind: 'later', mayBeThere: true });
    expect(again.kind).toBe('sent');
    const ids = smtp.mails().map((mail) => headersOf(mail).find((line) => line.startsWith('Message-ID')));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('is refused for good by a 5xx, and tried again after a 4xx', async () => {
    const results = [
      await pager().send(page('nobody@company.com')),
      await pager().send(page('later@company.com')),
      await pager().send(page('later@company.com')),
    ];

    expect(results).toMatchObject([
      { kind: 'refused', error: 'smtp_550' },
      { kind: 'later', error: 'smtp_451', mayBeThere: false },
      { kind: 'sent' },
    ]);
  });

  it('is tried again later when nobody listens', async () => {
    const deaf = createEmailPager({ url: 'smtp://127.0.0.1:9', from: 'gianna@company.com' });

    expect(await deaf.send(page('ana@company.com'))).toMatchObject({ kind: 'later' });
  });
});
