import type { Clock } from '../../core/clock.ts';
import type { Severity } from '../../core/config/config.ts';
import { digestOf } from '../../journal/digest.ts';
import { fittingIncidents, renderFoldedPage } from '../render/folded-page.ts';
import { aliasOf, type Bundles } from './bundles.ts';
import type { Folds, LastPage } from './folds.ts';
import type { Gates } from './gates.ts';
import type { Job } from './jobs.ts';
import { metadataOf } from './messages.ts';
import { type Outcome, outcomeOf, retry, SETTLED } from './outcome.ts';
import { remarksOf } from './page-post.ts';
import type { Send } from './send.ts';
import type { SentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';
import type { WantedPage } from './wanted-pages.ts';

/** Adds pages to the direct message of the same minute by an edit, which may be made again whatever became of it. */
export function createFoldInto(deps: {
  clock: Clock;
  send: Send;
  gates: Gates;
  sent: SentMessages;
  bundles: Bundles;
  folds: Folds;
  sources: DeliverySources;
}) {
  const { clock, sent, bundles, folds, sources } = deps;

  async function foldInto(last: LastPage, person: string, job: Job, wanted: readonly WantedPage[]): Promise<Outcome> {
    const { severity } = job;
    const gate = { method: 'chat.update', channel: last.channel, isUrgent: true };
    const waitMs = Math.max(folds.restMs(person, severity), deps.gates.waitMs(gate));
    if (waitMs > 0) return retry(waitMs);
    const known = sent.get(last.key);
    const before = known?.names ?? (known?.incident == null ? [] : [known.incident]);
    const names = fittingIncidents([...before, ...wanted.map(({ request }) => request.incident)]);
    const fitting = wanted.filter(({ request }) => names.has(request.incident));
    if (fitting.length < wanted.length) folds.filled(person);
    if (fitting.length === 0) return retry(folds.restMs(person, severity));
    const claimed = await bundles.claim(fitting);
    if (claimed.length === 0) return SETTLED;
    const views = await sources.views([...names]);
    const remarks = remarksOf(claimed, clock.now());
    const payload = renderFoldedPage(views, { mentions: [], unnamed: [], ...remarks });
    const aliases = [...(known?.aliases ?? []), ...claimed.map(aliasOf)];
    const metadata = metadataOf([...names][0] ?? '', last.key, aliases);
    const address = { channel: last.channel, thread: null, metadata, isUrgent: true };
    const result = await deps.send.update(job, payload, address, last.ts);
    if (result.kind === 'ok') {
      const added = claimed.map(({ request }) => request.incident);
      folds.added(person, added, gravest(views.filter(({ id }) => added.includes(id))));
      sent.set(last.key, {
        channel: last.channel,
        ts: last.ts,
        thread: null,
        hash: digestOf(JSON.stringify(payload)),
        incident: [...names][0] ?? null,
        sentAt: known?.sentAt ?? clock.now(),
        names: [...names],
        aliases,
      });
      await bundles.closeSent(claimed, last, names.size);
      return SETTLED;
    }
    await bundles.giveBack(claimed);
    const outcome = outcomeOf(job, result);
    job.doubt = 'none';
    if (outcome === null) folds.forget(person);
    return outcome ?? retry(0);
  }

  return foldInto;
}

/** The gravest severity of some incidents. */
export function gravest(views: ReadonlyArray<{ readonly severity: Severity }>): Severity {
  return views.reduce<Severity>((worst, { severity }) => (severity < worst ? severity : worst), 'P3');
}
