import PQueue from 'p-queue';
import type { ChartPart } from '../../alerts/context/context.ts';
import type { Logger } from '../../core/logger.ts';
import { drawPng } from '../../core/picture.ts';
import { digestOf } from '../../journal/digest.ts';
import type { Journal } from '../../journal/port.ts';
import { CHART_SIZE, chartOption } from '../render/chart.ts';
import { chartWords } from '../render/chart-words.ts';
import { chartOf } from '../render/evidence.ts';
import type { DeliverySources } from './sources.ts';
import type { Upload } from './upload.ts';

/** The charts of evidence replies at Slack: uploaded beside the messages, so that no message waits for its picture. */
export interface Pictures {
  /** Reads what was uploaded before. */
  load(): Promise<void>;
  /** The picture of this chart; null: it is not there, or not yet. */
  fileOf(incident: string, chart: ChartPart): string | null;
  /** The evidence of an incident is there: uploads the picture that it lacks. */
  show(incident: string): void;
  forget(incident: string): void;
  /** Uploads under way. */
  pending(): number;
  /** Takes up nothing more; what is on its way is not waited for. */
  stop(): void;
}

export interface PicturesDeps {
  readonly journal: Journal;
  readonly sources: Pick<DeliverySources, 'incident'>;
  readonly upload: Upload;
  readonly logger: Logger;
  /** The evidence of this incident may be shown with its picture now. */
  readonly ready: (incident: string) => void;
  /** An upload ended, well or not. */
  readonly ended: () => void;
}

type Picture = { readonly chart: string; readonly file: string };

/** Documents by incident: the digest of the chart, and Slack's id of its picture. */
const COLLECTION = 'slack-pictures';
const AT_ONCE = 2;

/** Draws and uploads a few at a time; a failure leaves the words, and the next change of the evidence tries again. */
export function createPictures({ journal, sources, upload, logger, ready, ended }: PicturesDeps): Pictures {
  const pictures = new Map<string, Picture>();
  const queue = new PQueue({ concurrency: AT_ONCE });
  const wanted = new Set<string>();
  let isStopped = false;

  async function bring(incident: string): Promise<void> {
    const card = isStopped ? null : await sources.incident(incident);
    const chart = card === null ? null : chartOf(card);
    if (chart === null || fileOf(incident, chart) !== null) return;
    const png = await drawPng(chartOption(chart), CHART_SIZE);
    const options = { alt: chartWords(chart), title: chart.alertname, channel: null, thread: null };
    const uploaded = await upload(png, options);
    if (uploaded.kind === 'failed' || isStopped) return;
    const picture = { chart: digestOfChart(chart), file: uploaded.file };
    pictures.set(incident, picture);
    await journal.putDocument(COLLECTION, incident, picture);
    ready(incident);
  }

  function fileOf(incident: string, chart: ChartPart): string | null {
    const picture = pictures.get(incident);
    return picture?.chart === digestOfChart(chart) ? picture.file : null;
  }

  return {
    load: async () => {
      for (const { key, value } of await journal.documents(COLLECTION)) pictures.set(key, value as Picture);
    },
    fileOf,
    show: (incident) => {
      if (wanted.has(incident)) return;
      wanted.add(incident);
      void queue
        .add(() => bring(incident))
        .catch((error: unknown) => logger.warn({ err: error, incident }, 'chart cannot be drawn; its words stay'))
        .finally(() => {
          wanted.delete(incident);
          ended();
        });
    },
    forget: (incident) => {
      if (!pictures.delete(incident)) return;
      journal.putDocument(COLLECTION, incident, null).catch((error: unknown) => {
        logger.warn({ err: error, incident }, 'picture cannot be forgotten now');
      });
    },
    pending: () => wanted.size,
    stop: () => {
      isStopped = true;
      queue.clear();
    },
  };
}

function digestOfChart(chart: ChartPart): string {
  return digestOf(JSON.stringify(chart));
}
