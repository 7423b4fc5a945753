import { createHash } from 'node:crypto';
import { firstLine } from '../../../hosts/printable.ts';
import type { Shell } from '../../../hosts/shell.ts';

/** What stands at a path of a host. */
export type FileState =
  | {
      readonly kind: 'file';
      /** The path with every link of its folders resolved. */
      readonly path: string;
      readonly bytes: Buffer;
      /** SHA-256 in hex. */
      readonly digest: string;
      /** `640`. */
      readonly mode: string;
      /** `root:www-data (0:33)`. */
      readonly owner: string;
      /** Names of the same file; a rewrite takes this one from the others. */
      readonly links: number;
    }
  | { readonly kind: 'absent'; readonly path: string }
  /** It cannot be looked at, or is nothing that a step may write. */
  | { readonly kind: 'unfit'; readonly reason: string };

const TIMEOUT_MS = 15_000;
const LARGEST = 1024 * 1024;
/** Base64 of the largest file, with its line breaks and the first lines. */
const MAX_BYTES = 2 * LARGEST;

/** A script that reads a file. Arguments: folder, name. Content as base64, since what programs print is stripped of control characters. */
export const READ = `cd -P -- "$1" 2>/dev/null || { echo no-folder; exit 0; }
pwd -P
f=./$2
if [ -L "$f" ]; then echo link
elif [ ! -e "$f" ]; then echo absent
elif [ ! -f "$f" ]; then echo other
elif [ ! -r "$f" ]; then echo unreadable
elif [ "$(stat -c %s -- "$f")" -gt ${LARGEST} ]; then echo large
else stat -c "file %a %h %U:%G (%u:%g)" -- "$f" && base64 < "$f"
fi`;

const WORDS: Readonly<Record<string, string>> = {
  link: 'is a symbolic link; name the file that it leads to',
  other: 'is not a plain file',
  unreadable: 'may not be read by this account',
  large: 'is larger than 1 MiB',
};

/** Reads a file of at most 1 MiB; changes nothing. A link in place of the file is refused, one above it is resolved. */
export async function readState(shell: Shell, path: string, signal?: AbortSignal): Promise<FileState> {
  const { folder, name } = splitPath(path);
  const argv = ['sh', '-c', READ, 'sh', folder, name];
  const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, ...(signal === undefined ? {} : { signal }) };
  const result = await shell.run(argv, limits);
  if (result.exitCode !== 0) return unfit(result.failure ?? (firstLine(result.stderr) || `exit ${result.exitCode}`));
  const [real = '', said = '', ...lines] = result.stdout.split('\n');
  if (real === 'no-folder') return unfit(`there is no folder ${folder}, or it may not be entered`);
  const resolved = `${real === '/' ? '' : real}/${name}`;
  if (said === 'absent') return { kind: 'absent', path: resolved };
  const stat = /^file (\d+) (\d+) (.+)$/.exec(said);
  if (stat === null || result.truncated) return unfit(`${path} ${WORDS[said] ?? 'could not be read'}`);
  const bytes = Buffer.from(lines.join(''), 'base64');
  const [, mode = '', links = '', owner = ''] = stat;
  return { kind: 'file', path: resolved, bytes, digest: digestOf(bytes), mode, owner, links: Number(links) };
}

/** SHA-256 in hex. */
export function digestOf(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Folder and name of an absolute path that is not the root. */
export function splitPath(path: string): { folder: string; name: string } {
  const cut = path.lastIndexOf('/');
  return { folder: path.slice(0, cut) || '/', name: path.slice(cut + 1) };
}

function unfit(reason: string): FileState {
  return { kind: 'unfit', reason };
}
