import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { refuse } from '../core/errors.ts';
import { readToken } from '../oncall/tokens/token-text.ts';

/** Where a token lies when no variable names one, beneath the home folder. */
const OWN_FILE = '.config/gianna-ops/token';
const LARGEST = 4096;
const ANOTHER = 'Get another one in Slack with /gianna cli-token.';

/**
 * The personal token that this call presents: of the environment, else of `~/.config/gianna-ops/token`; null: there is
 * none. Refuses a file that others can read, and what is no token: it would be taken for nobody's.
 */
export async function readOwnToken(given: string | null, home: string | undefined): Promise<string | null> {
  if (given !== null) return checked(given, 'GIANNA_CLI_TOKEN');
  if (home === undefined || home === '') return null;
  const path = join(home, OWN_FILE);
  const text = await readPrivate(path);
  return text === null ? null : checked(text.trim(), path);
}

async function readPrivate(path: string): Promise<string | null> {
  const file = await opened(path);
  if (file === null) return null;
  try {
    const { mode, size } = await file.stat();
    if ((mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      throw refuse('TOKEN_FILE_OPEN', `Others can read ${path} (mode ${shown}).`, `Run: chmod 600 ${path}`);
    }
    return size > LARGEST ? '' : await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw refuse('TOKEN_FILE_UNREADABLE', `${path} cannot be read (${String(code)}).`, 'Mend it or take it away.');
  }
}

/** Never shows what it was: a typing error is nearly the token. */
function checked(text: string, where: string): string {
  if (readToken(text) !== null) return text;
  throw refuse('TOKEN_MALFORMED', `What stands in ${where} is no token of gianna-ops.`, ANOTHER);
}
