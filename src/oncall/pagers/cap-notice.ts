import { askNotice } from '../../journal/notice.ts';
import type { Batch } from '../../journal/port.ts';
import type { OtherMeans } from './pager.ts';

/** Tells channel ops that a cap holds pages back, once an hour and means. */
export function capNotice(means: OtherMeans, now: number): Required<Pick<Batch, 'effects' | 'payloads'>> {
  const hour = new Date(now).toISOString().slice(0, 13);
  return askNotice(`page-cap|${means}|${hour}`, {
    to: { channel: 'ops' },
    title: `Pages by ${means} have reached their cap`,
    lines: [
      `Further pages by ${means} are not sent for now: the next means takes over.`,
      'The first page to a person about a P0 goes out all the same.',
      `The cap stands in oncall.yml: paging.caps.${means}.`,
    ],
  });
}
