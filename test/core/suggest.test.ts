import { describe, expect, it } from 'vitest';
import { closest } from '../../src/core/suggest.ts';

describe('closest', () => {
  it.each([
    ['a typing slip', 'secuity', ['ops', 'security'], ['security']],
    ['swapped neighbours', 'tihs', ['this', 'ties'], ['this', 'ties']],
    ['the beginning of a word', 'diag', ['diagnose', 'ack'], ['diagnose']],
    ['another case', 'ACK', ['ack', 'unack'], ['ack', 'unack']],
    ['nothing that is near', 'frobnicate', ['ack', 'resolve'], []],
    ['a short word that shares nothing', 'xy', ['ab', 'cd'], []],
    ['an empty word', '', ['ack'], []],
  ])('finds what was meant by %s', (_case, word, candidates, expected) => {
    expect(closest(word, candidates)).toEqual(expected);
  });

  it('gives no more names than asked for, the nearest first', () => {
    expect(closest('probe', ['probes', 'probe', 'prob'], 2)).toEqual(['probe', 'prob']);
  });
});
