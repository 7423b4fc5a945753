import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IncidentContext } from '../../src/alerts/context/context.ts';
import { CHART_SIZE, chartOption } from '../../src/bot/render/chart.ts';
import { drawPng } from '../../src/core/picture.ts';
import { chart, gathered } from '../bot/render/context.ts';
import { OPS, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';
import type { SlackCall } from '../support/slack-proxy/call.ts';

const EVIDENCE = 'evidence:GI-1';

describe('the evidence of a thread', () => {
  let desk: SlackDesk;
  // the library is loaded at the first picture, which may take long on a busy machine
  beforeAll(async () => void (await drawPng(chartOption(chart()), CHART_SIZE)), 60_000);
  beforeEach(async () => {
    desk = await startSlackDesk();
    await desk.alert({ alertname: 'HighCPUUsage', severity: 'warning', component: 'system' });
    await desk.untilShown();
  });
  afterEach(() => desk.stop());

  const show = async (context: IncidentContext) => {
    await desk.gathered('GI-1', context);
    await desk.untilShown();
  };
  const posts = () => desk.taken('chat.postMessage').filter((call) => keyOf(call) === EVIDENCE);
  const edits = () => desk.taken('chat.update').filter((call) => keyOf(call) === EVIDENCE);
  const images = (call: SlackCall | undefined) =>
    ((call?.body.blocks ?? []) as Array<{ type: string; slack_file?: { id: string }; alt_text?: string }>).filter(
      ({ type }) => type === 'image',
    );

  it('is one reply in the thread, and its chart follows into it', async () => {
    await show(gathered());

    const [parent] = desk.taken('chat.postMessage').filter((call) => keyOf(call) === 'parent:GI-1');
    const messages = await desk.messages(OPS);
    expect(posts().length).toBe(1);
    expect(posts()[0]?.body.thread_ts).toBe(messages.find(({ text }) => text === parent?.body.text)?.ts);
    expect(JSON.stringify(posts()[0]?.body.blocks)).toContain('40 % → 92 %');
    expect(images(posts()[0])).toEqual([]);
    expect(images(edits().at(-1))).toMatchObject([{ alt_text: expect.stringContaining('40 % → 92 %') }]);
  });

  it('has a picture that is a PNG, as large as it is said, and is uploaded once', async () => {
    await show(gathered());
    await show(gathered({ missing: [{ title: 'Log lines', reason: 'no answer within 5 s' }] }));

    const file = images(edits().at(-1))[0]?.slack_file?.id;
    const png = await download(desk, String(file));
    expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([800, 360]);
    expect(desk.taken('files.completeUploadExternal').length).toBe(1);
    expect(posts().length).toBe(1);
  });

  it('shows the chart to its end when it is over, in the same place', async () => {
    await show(gathered());
    await show(gathered({ parts: [chart({ overAt: chart().firedAt + 600_000 })] }));

    expect(posts().length).toBe(1);
    expect(images(edits().at(-1))[0]?.alt_text).toContain('over 14:12 UTC');
    expect(JSON.stringify(edits().at(-1)?.body.blocks)).toContain('when it was over 92 %');
    expect(desk.taken('files.completeUploadExternal').length).toBe(2);
  });

  it('keeps its words when the picture is not taken, and the message goes out all the same', async () => {
    desk.proxy.faults.add({ method: 'files.getUploadURLExternal', kind: 'error', code: 'storage_limit_reached' });

    await show(gathered());

    expect(posts().length).toBe(1);
    expect(edits()).toEqual([]);
    expect(JSON.stringify(posts()[0]?.body.blocks)).toContain('40 % → 92 %');
  });

  it('uploads nothing again after a crash', async () => {
    await show(gathered());
    await desk.crash();
    await show(gathered({ missing: [{ title: 'Log lines', reason: 'no answer within 5 s' }] }));

    expect(desk.taken('files.completeUploadExternal').length).toBe(1);
    expect(images(edits().at(-1)).length).toBe(1);
  });
});

function keyOf({ body }: SlackCall): string | undefined {
  return (body.metadata as { event_payload?: { key?: string } } | undefined)?.event_payload?.key;
}

/** The bytes of a file as a member of the workspace would load it. */
async function download(desk: SlackDesk, file: string): Promise<Buffer> {
  const headers = { authorization: 'Bearer xoxb-test-token' };
  const info = await (await fetch(`${desk.slack.url}/api/files.info?file=${file}`, { headers })).json();
  const url = (info as { file: { url_private: string } }).file.url_private;
  return Buffer.from(await (await fetch(url, { headers })).arrayBuffer());
}
