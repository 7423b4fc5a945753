import { hash } from 'node:crypto';
import nodemailer from 'nodemailer';
import type { OutgoingPage, Pager, SendResult } from './pager.ts';
import { headline, mailText } from './words.ts';

export interface EmailOptions {
  /** `smtp://…` or `smtps://…`, with user and password where the server wants them. */
  readonly url: string;
  /** Sender: an address, or `Name <address>`. */
  readonly from: string;
}

const CONCURRENCY = 4;
const CONNECT_MS = 10_000;
const SILENCE_MS = 15_000;

/**
 * Pages by SMTP. A page that is tried again has the same Message-ID, by which mail programs show it once. Headers are
 * made from one-line texts, and nodemailer folds and encodes them: foreign text adds none.
 */
export function createEmailPager({ url, from }: EmailOptions): Pager {
  const transport = nodemailer.createTransport(
    { url, connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    { from, disableFileAccess: true, disableUrlAccess: true },
  );

  async function send({ key, address, words }: OutgoingPage): Promise<SendResult> {
    if (address.kind !== 'email') return { kind: 'refused', error: 'no_address' };
    const messageId = messageIdOf(key, from);
    try {
      await transport.sendMail({
        to: { name: '', address: address.value },
        messageId,
        subject: headline(words),
        text: mailText(words),
        priority: words.severity === 'P0' ? 'high' : 'normal',
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Gianna-Incident': words.incident },
      });
      return { kind: 'sent', reference: messageId, isFinal: true };
    } catch (error) {
      return failureOf(error);
    }
  }
  return { means: 'email', concurrency: CONCURRENCY, send };
}

/** The same page has the same Message-ID, whichever process sends it. */
function messageIdOf(key: string, from: string): string {
  const domain = /@([^\s>]+)>?$/.exec(from)?.[1] ?? 'gianna-ops';
  return `<${hash('sha256', key, 'hex').slice(0, 32)}@${domain}>`;
}

/** Failures after which trying again is of no use: the account or the address is refused. */
const FINAL: ReadonlySet<string> = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2', 'ECONFIG']);
function failureOf(thrown: unknown): SendResult {
  const { code = 'no_answer', responseCode } = (thrown ?? {}) as SmtpError;
  const error = responseCode === undefined ? `smtp_${code.toLowerCase()}` : `smtp_${responseCode}`;
  if (FINAL.has(code) && (responseCode === undefined || responseCode >= 500)) return { kind: 'refused', error };
  if (responseCode !== undefined && responseCode >= 500) return { kind: 'refused', error };
  // Without a word of the server nobody knows how far it got.
  return { kind: 'later', error, mayBeThere: responseCode === undefined };
}

interface SmtpError {
  readonly code?: string;
  readonly responseCode?: number;
}
