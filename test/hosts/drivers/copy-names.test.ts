import { describe, expect, it } from 'vitest';
import { nextNames, numberOf } from '../../../src/hosts/drivers/copy-names.ts';

describe('the name of a further copy', () => {
  it.each<[string, string[], string[]]>([
    ['shop-web-1', ['shop-web-1', 'shop-web-2'], ['shop-web-3', 'shop-web-4']],
    ['shop_web_1', ['shop_web_1'], ['shop_web_2', 'shop_web_3']],
    ['web-1', ['web-1', 'web-9', 'web-api-20', 'web-12x'], ['web-10', 'web-11']],
    ['web', ['web'], ['web-2', 'web-3']],
    ['web', ['web', 'web-4'], ['web-5', 'web-6']],
    ['web2', ['web2', 'web7'], ['web8', 'web9']],
  ])('of %s beside %j is %j', (pattern, taken, names) => {
    expect(nextNames(pattern, taken, 2).map(({ name }) => name)).toEqual(names);
  });

  it('carries its number', () => {
    expect(nextNames('web-1', ['web-1', 'web-3'], 1)).toEqual([{ name: 'web-4', number: 4 }]);
    expect(['web-4', 'web', 'web.12'].map(numberOf)).toEqual([4, 1, 12]);
  });
});
