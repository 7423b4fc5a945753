import { formatDuration } from '../../core/duration.ts';
import { askNotice, type Notice } from '../../journal/notice.ts';
import type { Batch } from '../../journal/port.ts';
import type { LeaseEvent } from './lease-events.ts';
import type { LeaseState } from './lease-state.ts';

type Said = Required<Pick<Batch, 'effects' | 'payloads'>>;

/** What can be pressed; each opens its form, in which it is confirmed. */
const BUTTONS = {
  nothing: [],
  ending: [
    { action: 'renew', label: 'Renew…' },
    { action: 'lease-end', label: 'Undo now…' },
  ],
  failed: [
    { action: 'lease-end', label: 'Undo now…' },
    { action: 'lease-abandon', label: 'Leave it…' },
  ],
} as const;

/** What people are told by an event of a lease; the lease is as it is after it, `texts` holds what its digests mean. */
export function leaseNotices(
  lease: LeaseState,
  event: LeaseEvent,
  version: number,
  texts: ReadonlyMap<string, string>,
): Said[] {
  const text = (digest: string | null) => (digest === null ? '' : (texts.get(digest) ?? 'its text was erased'));
  const held = `${text(lease.what)} (${lease.runbook} of ${lease.run})`;
  const key = `lease|${lease.id}|${version}`;
  switch (event.type) {
    case 'lease.announced':
      return [
        tell(
          key,
          lease,
          takerOf(lease),
          `${lease.id} ends ${minute(lease.until)}`,
          announcedLines(lease, held),
          'ending',
        ),
      ];
    case 'lease.busy':
      return [
        tell(key, lease, takerOf(lease), `${lease.id} is over and waits to be reverted`, [
          held,
          `${text(event.data.holder)} holds what it would change; it is tried again every 30 s until that is free.`,
        ]),
      ];
    case 'lease.kept':
      return [
        tell(key, lease, { channel: 'ops' }, `${lease.id} was gone from ${event.data.host}, and is put back`, [
          held,
          text(event.data.summary),
        ]),
      ];
    case 'lease.ended':
      return event.data.how === 'expired' || (!event.data.proved && event.data.how !== 'abandoned')
        ? [tell(key, lease, takerOf(lease), endedTitle(lease, event.data.proved), [held, text(event.data.summary)])]
        : [];
    case 'lease.failed':
      return failed(key, lease, [held, text(event.data.summary), ...failedLines(lease)]);
    default:
      return [];
  }
}

function announcedLines({ id, until, since }: LeaseState, held: string): string[] {
  return [
    held,
    `Held for ${formatDuration((until - since) / 1000)}. To hold it longer: /gianna lease renew ${id} 1h, or gianna-ops leases renew ${id} --for 1h`,
    'To let it end: do nothing. It is reverted then, and proved.',
  ];
}

function endedTitle({ id }: LeaseState, proved: boolean): string {
  return proved ? `${id} has ended: reverted and proved` : `${id} has ended: reverted, but NOT proved`;
}

/** Loud: the one who took it, and the channel where somebody always looks. */
function failed(key: string, lease: LeaseState, lines: readonly string[]): Said[] {
  const title = `${lease.id} is NOT reverted after ${lease.tries} ${lease.tries === 1 ? 'try' : 'tries'}`;
  const everybody = tell(key, lease, { channel: 'ops' }, title, lines, 'failed');
  const taker = takerOf(lease);
  return 'actor' in taker ? [everybody, tell(`${key}|taker`, lease, taker, title, lines, 'failed')] : [everybody];
}

function failedLines({ id, run, hosts, service }: LeaseState): string[] {
  const where = [service, ...hosts].filter((each) => each !== null).join(', ');
  return [
    `Still in force on ${where === '' ? 'what it changed' : where}. Nothing more is tried of itself.`,
    `Undo ${run} once the cause is mended, or say that nothing is left to revert: /gianna lease abandon ${id}, or gianna-ops leases abandon ${id} --reason "why"`,
  ];
}

/** A direct message; the command line and rules have none, so that channel `ops` is told. */
function takerOf({ by }: LeaseState): Notice['to'] {
  return by.startsWith('slack:') ? { actor: by } : { channel: 'ops' };
}

function tell(
  key: string,
  lease: LeaseState,
  to: Notice['to'],
  title: string,
  lines: readonly string[],
  offers: keyof typeof BUTTONS = 'nothing',
): Said {
  const about = lease.incident === null ? {} : { incident: lease.incident };
  const buttons = BUTTONS[offers].map((button) => ({ ...button, about: lease.id }));
  const offered = buttons.length === 0 ? {} : { buttons };
  return askNotice(key, { to, title, lines: lines.filter((line) => line !== ''), ...offered, ...about });
}

/** `2026-11-22 18:00 UTC`. */
export function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
