import { beforeEach, describe, expect, it } from 'vitest';
import { askNotice, type Notice } from '../../src/journal/notice.ts';
import { OPS, SECURITY, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';
import type { SlackCall } from '../support/slack-proxy/call.ts';

const PICTURE = {
  alt: 'acks in 4 min on average, 9 min last week',
  option: { xAxis: { data: ['Mon', 'Tue'] }, yAxis: {}, series: [{ type: 'bar', data: [4, 9] }] },
  width: 400,
  height: 200,
} as const;

describe('a notice is durable: it comes once, wherever it is for', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
    return () => desk.stop();
  });

  async function ask(key: string, notice: Notice): Promise<void> {
    await desk.journal().append({ at: 0, actor: 'auto', ...askNotice(key, notice) });
  }

  async function states(): Promise<string[]> {
    return (await desk.journal().effects({ kinds: ['notice'] })).map(({ state }) => state);
  }

  function posts(title: string): SlackCall[] {
    return desk.taken('chat.postMessage').filter(({ body }) => String(body.text).includes(title));
  }

  it.each([
    ['a channel', { channel: 'security' }, SECURITY],
    ['a person', { person: 'marco' }, 'U02MGR'],
    ['an actor', { actor: 'slack:U03DEV' }, 'U03DEV'],
  ] as const)('goes to %s, and its effect says where it is', async (_what, to, channel) => {
    await ask('n', { to, title: 'Weekly report', lines: ['all quiet'] });
    await desk.untilShown();

    expect(posts('Weekly report').map(({ body }) => body.channel)).toEqual([channel]);
    const [effect] = await desk.journal().effects({ kinds: ['notice'] });
    expect(effect).toMatchObject({ state: 'done', result: { outcome: 'sent' } });
    expect(String(effect?.result?.reference)).toMatch(/^[CD]\w+\/\d+\.\d+$/);
  });

  it('comes once when it is asked for twice', async () => {
    await ask('daily|2026-11-22', { to: { channel: 'ops' }, title: 'Daily digest', lines: [] });
    await desk.untilShown();
    await ask('daily|2026-11-22', { to: { channel: 'ops' }, title: 'Daily digest', lines: ['again'] });
    await desk.untilShown();

    expect(posts('Daily digest')).toHaveLength(1);
  });

  it.each([
    ['a channel', { channel: 'ops' }],
    ['a person', { person: 'ana' }],
  ] as const)('is not sent to %s again when only the answer was lost', async (_what, to) => {
    desk.proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', times: 1 });

    await ask('n', { to, title: 'Restarted', lines: [] });
    await desk.untilShown();

    expect(desk.proxy.callsOf('chat.postMessage')).toHaveLength(1);
    expect(await states()).toEqual(['done']);
  });

  it('is found again after a crash between its post and its record', async () => {
    await desk.untilShown();
    desk.proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', times: 1 });
    desk.proxy.faults.add({ kind: 'status', status: 503, method: 'conversations.history' });
    await ask('n', { to: { channel: 'ops' }, title: 'Restarted', lines: [] });
    await desk.until(() => desk.proxy.callsOf('conversations.history').length > 0);

    await desk.crash();
    desk.proxy.faults.clear();
    await desk.untilShown();

    expect((await desk.messages(OPS)).filter(({ text }) => text.includes('Restarted'))).toHaveLength(1);
    expect(await states()).toEqual(['done']);
  });

  it('waits while Slack is away, over a restart too', async () => {
    desk.proxy.faults.add({ kind: 'reset', method: '*' });
    await ask('n', { to: { channel: 'ops' }, title: 'Restarted', lines: [] });
    await desk.until(() => !desk.delivery().up());

    await desk.crash();
    desk.proxy.faults.clear();
    await desk.untilShown();

    expect((await desk.messages(OPS)).filter(({ text }) => text.includes('Restarted'))).toHaveLength(1);
  });

  it.each(['user_disabled', 'cannot_dm_bot'])(
    'for a person whose account says %s goes to the operations channel, and says for whom',
    async (code) => {
      desk.proxy.faults.add({ kind: 'error', code, method: 'chat.postMessage', channel: 'U01ONCALL' });

      await ask('n', { to: { person: 'ana' }, title: 'Your silence ends soon', lines: [] });
      await desk.untilShown();

      expect((await desk.messages(OPS)).map(({ text }) => text)).toEqual(['For ana: Your silence ends soon']);
    },
  );

  it('for a channel that is archived goes to the operations channel', async () => {
    desk.proxy.faults.add({ kind: 'error', code: 'is_archived', method: 'chat.postMessage', channel: SECURITY });

    await ask('n', { to: { channel: 'security' }, title: 'Blocked an address', lines: [] });
    await desk.untilShown();

    expect((await desk.messages(OPS)).map(({ text }) => text)).toEqual(['Blocked an address']);
  });

  it('shows foreign text literally and stays within the limits, however much there is', async () => {
    const lines = Array.from({ length: 400 }, (_, n) => `line ${n} <!channel> <@U1> *bold* ${'x'.repeat(n)}`);

    await ask('n', { to: { channel: 'ops' }, title: '<!here> "quoted" <https://evil|click>', lines });
    await desk.untilShown();

    const [message] = await desk.messages(OPS);
    const said = JSON.stringify(message);
    expect(said).not.toMatch(/<[!@h]/);
    expect(said).toMatch(/\+\d+ more/);
    expect(said).toContain('line 0 ');
    expect(desk.proxy.calls.filter(({ answer }) => /blocks|too_long/.test(answer))).toEqual([]);
  });

  it('carries its picture, drawn when it is sent, with words for who cannot see it', async () => {
    await ask('n', { to: { channel: 'ops' }, title: 'Weekly report', lines: [], picture: PICTURE });
    await desk.untilShown();

    const [post] = posts('Weekly report');
    const blocks = post?.body.blocks as Array<{ type: string; alt_text?: string; slack_file?: { id: string } }>;
    const image = blocks.find(({ type }) => type === 'image');
    expect(image?.alt_text).toBe(PICTURE.alt);
    const [info] = desk.taken('files.info');
    expect(image?.slack_file?.id).toBe(info?.body.file);
  });

  it.each(['files.getUploadURLExternal', 'files.completeUploadExternal', 'files.info'])(
    'goes out with the words of its picture when Slack fails at %s',
    async (method) => {
      desk.proxy.faults.add({ kind: 'error', code: 'missing_scope', method });

      await ask('n', { to: { channel: 'ops' }, title: 'Weekly report', lines: [], picture: PICTURE });
      await desk.untilShown();

      const [post] = posts('Weekly report');
      expect(JSON.stringify(post?.body.blocks)).toContain(PICTURE.alt);
      expect(JSON.stringify(post?.body.blocks)).not.toContain('slack_file');
    },
  );

  it('goes out in words when Slack does not take the picture in the message', async () => {
    desk.proxy.faults.add({ kind: 'error', code: 'invalid_blocks', method: 'chat.postMessage', times: 1 });

    await ask('n', { to: { channel: 'ops' }, title: 'Weekly report', lines: ['quiet'], picture: PICTURE });
    await desk.untilShown();

    const [message] = await desk.messages(OPS);
    expect(JSON.stringify(message)).toContain(PICTURE.alt);
  });
});
