import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { schemasOf } from '../src/core/config/files.ts';
import { STEP_KINDS } from '../src/runbooks/steps/registry.ts';

// Writes config/schema/*.json, the JSON Schemas that editors read, from the zod schemas. `--check` only compares.
const FOLDER = join(import.meta.dirname, '..', 'config', 'schema');
const isCheck = process.argv.includes('--check');

function render(schema: z.ZodType): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`;
}

function currentText(file: string): string | null {
  try {
    return readFileSync(join(FOLDER, file), 'utf8');
  } catch {
    return null;
  }
}

mkdirSync(FOLDER, { recursive: true });
const wanted = new Map(Object.entries(schemasOf(STEP_KINDS)).map(([name, schema]) => [`${name}.json`, render(schema)]));
const stale = [...wanted].filter(([file, text]) => currentText(file) !== text).map(([file]) => file);
const strange = readdirSync(FOLDER).filter((file) => !wanted.has(file));

if (isCheck && stale.length + strange.length > 0) {
  console.error(
    `stale: ${[...stale, ...strange].map((file) => `config/schema/${file}`).join(', ')}; run npm run schemas`,
  );
  process.exitCode = 1;
} else if (!isCheck) {
  for (const file of stale) writeFileSync(join(FOLDER, file), wanted.get(file) ?? '');
  console.log(stale.length === 0 ? 'schemas are up to date' : `wrote ${stale.join(', ')}`);
}
