import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

/** A vendor's published rules, as they stand in test/fixtures/vendors (with source and date). */
export function readVendorRules(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', 'fixtures', 'vendors', `${name}.json`), 'utf8'));
}

/** Checks a value by a schema of theirs; null when it fits, else what is wrong. */
export function createSchemaCheck(schema: unknown): (value: unknown) => string | null {
  const parsed = z.fromJSONSchema(schema as JsonSchema);
  return (value) => {
    const result = parsed.safeParse(value);
    return result.success
      ? null
      : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  };
}
