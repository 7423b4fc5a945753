import { describe, expect, it } from 'vitest';
import { demultiplex, stampedLines } from '../../src/hosts/docker-log.ts';
import { createTailLogs } from '../../src/hosts/log-tail.ts';
import { createFakeDriver } from '../support/fake-driver.ts';

const frame = (stream: number, text: string) => {
  const body = Buffer.from(text);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
};

describe('the log of a container', () => {
  it('is put together from both streams, in their order', () => {
    expect(demultiplex(Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n'), frame(1, 'é\n')]), false)).toBe(
      'out\nerr\né\n',
    );
  });

  it('keeps what came before it was cut, in a frame or in a header', () => {
    const whole = Buffer.concat([frame(1, 'one\n'), frame(1, 'two\n')]);

    expect(demultiplex(whole.subarray(0, whole.length - 2), false)).toBe('one\ntw');
    expect(demultiplex(whole.subarray(0, 15), false)).toBe('one\n');
  });

  it('is taken as it is when the container has a terminal', () => {
    expect(demultiplex(Buffer.from('plain\r\n'), true)).toBe('plain\r\n');
  });

  it('is shown as it came when it is not made of frames', () => {
    expect(demultiplex(Buffer.from('no frames at all'), false)).toBe('no frames at all');
    expect(demultiplex(Buffer.alloc(0), false)).toBe('');
  });

  it('survives a frame that promises more than there is', () => {
    const lying = frame(1, 'short');
    lying.writeUInt32BE(0xffffffff, 4);

    expect(demultiplex(lying, false)).toBe('short');
  });

  it('is a line with its time each', () => {
    expect(stampedLines('2026-11-22T14:01:58.123456789Z GET /\n\nno stamp\n')).toEqual([
      { at: Date.UTC(2026, 10, 22, 14, 1, 58, 123), text: 'GET /' },
      { at: null, text: 'no stamp' },
    ]);
  });
});

describe('the last lines of a service', () => {
  const options = { tail: 3, since: 0, signal: new AbortController().signal };

  it('come from all its containers, by time, each with its name', async () => {
    const driver = createFakeDriver('gianna', ['c1', 'c2']);
    driver.logs = async ({ id }) =>
      id === 'c1'
        ? [
            { at: 1, text: 'a' },
            { at: 3, text: 'c' },
          ]
        : [
            { at: 2, text: 'b' },
            { at: 4, text: 'd' },
          ];

    const tail = await createTailLogs(() => driver)('gianna', options);

    expect(tail?.from).toBe('2 of gianna');
    expect(tail?.lines.map((line) => line.slice(-1))).toEqual(['b', 'c', 'd']);
    expect(new Set(tail?.lines.map((line) => line.split(':')[0])).size).toBe(2);
  });

  it('are free of control sequences', async () => {
    const driver = createFakeDriver('gianna', ['c1']);
    driver.logs = async () => [{ at: 1, text: '\u001b[31mred\u001b[0m\u0000 \u202eback\r' }];

    const tail = await createTailLogs(() => driver)('gianna', options);

    expect(tail?.lines).toEqual(['red back']);
  });

  it('are nothing for a driver that keeps no log', async () => {
    expect(await createTailLogs(() => createFakeDriver())('gianna', options)).toBeNull();
  });
});
