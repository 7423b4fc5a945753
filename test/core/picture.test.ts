import { describe, expect, it } from 'vitest';
import { drawPng } from '../../src/core/picture.ts';

const PNG = [0x89, 0x50, 0x4e, 0x47];

describe('drawPng', () => {
  it('draws a PNG of the size that is asked for', async () => {
    const png = await drawPng(
      { xAxis: { type: 'category', data: ['a', 'b'] }, yAxis: {}, series: [{ type: 'bar', data: [1, 2] }] },
      { width: 400, height: 200 },
    );

    const view = Buffer.from(png);
    expect([...view.subarray(0, 4)]).toEqual(PNG);
    expect([view.readUInt32BE(16), view.readUInt32BE(20)]).toEqual([400, 200]);
  });

  it('draws letters with the font that it brings along', async () => {
    const draw = (text: string) => drawPng({ title: { text } }, { width: 200, height: 60 });

    const [blank, words] = await Promise.all([draw(' '), draw('HighCPUUsage')]);

    expect(Buffer.from(words).equals(Buffer.from(blank))).toBe(false);
    expect(words.length).toBeGreaterThan(blank.length + 200);
  });
});
