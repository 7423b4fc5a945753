import type { OnceResult, Shell } from '../../../hosts/shell.ts';

/** What both scripts begin with: they say why on stderr, and leave no temporary file. */
const COMMON = `set -eu
umask 077
trap '[ -z "$temp" ] || rm -f -- "$temp"' EXIT
fail() { echo "$1" >&2; exit 70; }
digest() { sha256sum < "$1" | cut -c 1-64; }
folder=\${path%/*}
[ -n "$folder" ] || folder=/
flush() { sync -- "$@" 2>/dev/null || sync; }
[ ! -L "$path" ] || { temp=; fail "it is a symbolic link now"; }
`;

/**
 * Arguments: path, digest of the present content (or "absent"), digest of the new one, backup, temporary file, mode and
 * owner (empty: as they are). The new content comes by stdin. The temporary file is a copy of the present one, so that
 * mode, owner and access lists stay; it takes the place of the file in one rename, after a backup was made.
 */
export const WRITE = `path=$1 expected=$2 wanted=$3 backup=$4 temp=$5 mode=$6 owner=$7
${COMMON}
for each in "$backup" "$temp"; do
  [ ! -e "$each" ] && [ ! -L "$each" ] || { temp=; fail "$each is there already"; }
done
if [ "$expected" = absent ]; then
  [ ! -e "$path" ] || { temp=; fail "it has come to be since the plan"; }
  (set -C; : > "$temp")
  [ -n "$mode" ] || mode=644
else
  [ -f "$path" ] || { temp=; fail "it is gone since the plan"; }
  [ "$(digest "$path")" = "$expected" ] || { temp=; fail "it has changed since the plan"; }
  [ -n "$mode" ] || mode=$(stat -c %a -- "$path")
  cp -a -- "$path" "$temp"
  chmod u+w -- "$temp"
  [ -n "$owner" ] || [ "$(stat -c %u:%g -- "$temp")" = "$(stat -c %u:%g -- "$path")" ] || fail "this account cannot keep its owner"
fi
cat > "$temp" || fail "the new content could not be written"
[ "$(digest "$temp")" = "$wanted" ] || fail "the new content did not arrive whole"
[ -z "$owner" ] || chown -- "$owner" "$temp" || fail "the owner could not be set"
chmod -- "$mode" "$temp" || fail "the mode could not be set"
if [ "$expected" != absent ]; then
  cp -a -- "$path" "$backup" || fail "no backup could be made"
  [ "$(digest "$backup")" = "$expected" ] || { rm -f -- "$backup"; fail "it has changed since the plan"; }
  flush "$backup"
fi
flush "$temp"
mv -fT -- "$temp" "$path" || fail "it could not be put in place"
flush "$folder"
[ "$(digest "$path")" = "$wanted" ] || { temp=; fail "it reads back as something else"; }`;

/** Arguments: path, digest that it must have, digest of the backup, backup (empty: the file is removed), temporary file. */
export const RESTORE = `path=$1 is=$2 was=$3 backup=$4 temp=$5
${COMMON}
if [ -z "$backup" ]; then
  [ -e "$path" ] || { echo "it is gone already"; exit 0; }
  [ "$(digest "$path")" = "$is" ] || { temp=; fail "it has changed since; it is left alone"; }
  rm -f -- "$path"
  flush "$folder"
  exit 0
fi
[ -f "$path" ] || { temp=; fail "it is gone; it is left alone"; }
now=$(digest "$path")
[ "$now" != "$was" ] || { echo "it is as it was already"; exit 0; }
[ "$now" = "$is" ] || { temp=; fail "it has changed since; it is left alone"; }
[ -f "$backup" ] && [ ! -L "$backup" ] || { temp=; fail "there is no backup $backup"; }
[ "$(digest "$backup")" = "$was" ] || { temp=; fail "the backup $backup has changed"; }
cp -a -- "$backup" "$temp" || fail "the backup could not be copied"
flush "$temp"
mv -fT -- "$temp" "$path" || fail "it could not be put in place"
flush "$folder"
[ "$(digest "$path")" = "$was" ] || { temp=; fail "it reads back as something else"; }
rm -f -- "$backup"`;

const MAX_BYTES = 16 * 1024;

export interface Limits {
  readonly key: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Writing {
  /** Resolved: no folder of it is a link. */
  readonly path: string;
  /** Digest of what stands there; null: nothing does. */
  readonly expected: string | null;
  readonly wanted: string;
  readonly backup: string;
  readonly content: string;
  readonly mode: string;
  readonly owner: string;
}

/** Writes a file once: whole or not at all, and never over something that is not as expected. */
export function writeOnce(shell: Shell, writing: Writing, { key, ...limits }: Limits): Promise<OnceResult> {
  const { path, expected, wanted, backup, content, mode, owner } = writing;
  const args = [path, expected ?? 'absent', wanted, backup, `${backup}.new`, mode, owner];
  return shell.once(key, ['sh', '-c', WRITE, 'sh', ...args], { ...limits, maxBytes: MAX_BYTES, input: content });
}

export interface Restoring {
  readonly path: string;
  /** Digest of the file as the step left it. */
  readonly is: string;
  /** Digest before; null: there was none. */
  readonly was: string | null;
  readonly backup: string | null;
}

/** Puts a backup back, or removes a file that was made, if it is as the step left it. */
export function restoreOnce(shell: Shell, restoring: Restoring, { key, ...limits }: Limits): Promise<OnceResult> {
  const { path, is, was, backup } = restoring;
  const temp = `${path}.gianna-${key}.new`;
  const args = [path, is, was ?? '', backup ?? '', temp];
  return shell.once(key, ['sh', '-c', RESTORE, 'sh', ...args], { ...limits, maxBytes: MAX_BYTES });
}
