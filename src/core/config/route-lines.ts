import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDocument } from './document.ts';
import { FILES } from './files.ts';

/** Lines of routes.yml (1-based) on which its routes begin, in their order; empty when the file cannot be read. */
export async function readRouteLines(dir: string): Promise<readonly number[]> {
  const { file } = FILES.routes;
  const text = await readFile(join(dir, file), 'utf8').catch(() => '');
  const document = readDocument(file, text);
  const { routes } = (document.value ?? {}) as { readonly routes?: unknown };
  const count = Array.isArray(routes) ? routes.length : 0;
  return Array.from({ length: count }, (_, index) => document.locate(['routes', index], 'value').line);
}
