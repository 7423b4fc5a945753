import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemasOf } from '../../../src/core/config/files.ts';
import { STEP_KINDS } from '../../../src/runbooks/steps/registry.ts';
import { readTexts, SHIPPED } from './folder.ts';

const SCHEMAS = schemasOf(STEP_KINDS);

describe('the JSON Schemas for editors', () => {
  it.each(Object.keys(SCHEMAS))('of %s says what the loader checks', (name) => {
    const written: unknown = JSON.parse(readFileSync(join(SHIPPED, 'schema', `${name}.json`), 'utf8'));

    expect(written).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(SCHEMAS[name] ?? z.never(), { io: 'input' }))));
  });

  it('are named at the top of each shipped file', () => {
    for (const [file, text] of readTexts(SHIPPED)) {
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];

      expect(existsSync(join(SHIPPED, file, '..', schema)), file).toBe(true);
    }
  });

  it('describe every key', () => {
    const undescribed: string[] = [];
    for (const file of readdirSync(join(SHIPPED, 'schema'))) {
      const visit = (node: unknown, path: string): void => {
        if (node === null || typeof node !== 'object') return;
        for (const [key, value] of Object.entries(node)) {
          if (key === 'properties') {
            for (const [name, property] of Object.entries(value as Record<string, { description?: string }>)) {
              if (property.description === undefined) undescribed.push(`${file}${path}/${name}`);
            }
          }
          visit(value, `${path}/${key}`);
        }
      };
      visit(JSON.parse(readFileSync(join(SHIPPED, 'schema', file), 'utf8')), '');
    }
    expect(undescribed).toEqual([]);
  });
});
