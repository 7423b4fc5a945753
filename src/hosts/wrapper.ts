import { randomBytes } from 'node:crypto';
import { sha256 } from './digest.ts';
import { quoteArgv } from './quote.ts';
import type { ProgramOptions } from './shell.ts';

/** Whether a process of the group `$p` lives; one that has ended and was not asked for yet does not. */
const GROUP = `group() {
  [ -n "$p" ] || return 1
  if [ ! -r /proc/self/stat ]; then kill -0 -- "-$p" 2>/dev/null; return; fi
  cat /proc/[0-9]*/stat 2>/dev/null | grep -q ") [^ZX] [0-9]* $p "
}`;

/**
 * What a program is run through on a machine: fixed texts that hold no single quote and no back-slash, so that every
 * POSIX login shell gives them on as they stand. They read `NAME=value` lines up to an empty one from their stdin, so
 * that no secret is ever in an argv; the rest is the program's. Without the empty line they end: nothing begins that its
 * caller has given up. What they say themselves stands on lines that begin with the mark: what a login shell prints
 * before is told from what the program prints after. `$m`: the mark; `$@`: the argv.
 */
const HELLO = `echo "$m"
tell() { echo "$m $*" >&2; }
PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" LANG=C.UTF-8 GIANNA_OPS_CALL=$m
export PATH LANG GIANNA_OPS_CALL`;
const BEGIN = `go=
while IFS= read -r line; do
  [ -n "$line" ] || { go=1; break; }
  export "$line"
done
[ -n "$go" ] || exit 125
case $1 in */*) if [ -d "$1" ] || { [ -e "$1" ] && [ ! -x "$1" ]; }; then tell forbidden; exit 126; fi ;; esac
command -v "$1" >/dev/null 2>&1 || { tell missing; exit 127; }`;

/**
 * Becomes the program, so that the process told leads the group of all of it. `$1`: the mark. The argv comes by stdin
 * too, as a shell reads it, up to a line that is the mark: the shell can be there before anybody knows what it is for.
 */
const RUN = `m=$1 a= go=
${HELLO}
while IFS= read -r line; do
  [ "$line" != "$m" ] || { go=1; break; }
  a="$a$line
"
done
[ -n "$go" ] || exit 125
eval "set -- $a"
${BEGIN}
tell pid $$
exec "$@"`;

/**
 * `$1`: the mark; `$2`: seconds after which the machine itself ends it (its caller may be gone by then), `$3`: folder of locks
 * (empty: the account's own); `$4`: key; then the argv. Making the folder of the key is the lock; the program runs below, and its exit code is
 * written there. Its output passes through readers that go on reading when nobody listens any more, so that a lost
 * connection does not end it half-way by SIGPIPE.
 */
const ONCE = `m=$1 most=$2 base=$3 key=$4
shift 4
${HELLO}
${BEGIN}
command -v timeout >/dev/null 2>&1 && set -- timeout -k 2 "$most" "$@"
${GROUP}
known() {
  p=
  [ ! -f "$1/call" ] || read -r p at <"$1/call"
  if group; then tell known runs; else tell known gone; fi
  for f in call exit end; do [ -f "$1/$f" ] && tell "$f" "$(cat "$1/$f")"; done
  exit 0
}
other=$base
[ -n "$base" ] || { base=\${HOME:-/nonexistent}/.local/state/gianna-ops/run; other=/run/gianna; }
for b in "$base" "$other"; do [ ! -d "$b/$key" ] || known "$b/$key"; done
mask=$(umask) d=
umask 077
for b in "$base" "$other"; do
  mkdir -p "$b" 2>/dev/null
  if mkdir "$b/$key" 2>/dev/null; then d=$b/$key; break; fi
  [ ! -d "$b/$key" ] || known "$b/$key"
done
[ -n "$d" ] || { tell unlocked; exit 125; }
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
put() { echo "$2" >"$d/.$1" && mv "$d/.$1" "$d/$1"; }
put call "$$ $(now)" 2>/dev/null && mkfifo "$d/out" "$d/err" 2>/dev/null || { rm -r "$d"; tell unlocked; exit 125; }
(trap "" PIPE TERM HUP INT; cat 2>/dev/null; cat >/dev/null) <"$d/out" &
(trap "" PIPE TERM HUP INT; cat >&2 2>/dev/null; cat >/dev/null) <"$d/err" &
umask "$mask"
trap : TERM HUP INT
tell pid $$
(exec "$@") >"$d/out" 2>"$d/err"
c=$?
umask 077
put exit "$c $(now)"
rm -f "$d/out" "$d/err"
exit $c`;

/**
 * Ends what a wrapper started, by `sh -c`: its process group, and whatever else carries its mark in the environment.
 * Arguments: mark, process number (may be empty), folder of locks, key, why. It asks (TERM), then forces (KILL), and says
 * `gone` once no living process is left, else `left`.
 */
const ENDER = `m=$1 p=$2 base=$3 key=$4 why=$5
if [ -n "$key" ]; then
  other=$base
  [ -n "$base" ] || { base=\${HOME:-/nonexistent}/.local/state/gianna-ops/run; other=/run/gianna; }
  for b in "$base" "$other"; do
    [ ! -d "$b/$key" ] || [ -e "$b/$key/exit" ] || (umask 077; echo "$why" >"$b/$key/end") 2>/dev/null
  done
fi
${GROUP}
others() { grep -ls -e "GIANNA_OPS_CALL=$m" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3; }
for s in TERM KILL; do
  i=0
  while [ $i -lt 6 ]; do
    left=$(others)
    if group; then left="$left -$p"; fi
    [ -n "$left" ] || { echo "$m gone"; exit 0; }
    [ $i -gt 0 ] || kill -s $s -- $left 2>/dev/null
    sleep 0.2 2>/dev/null || sleep 1
    i=$((i + 1))
  done
done
echo "$m left"`;

/** One call of the wrapper: what marks its own lines, and where its lock is. */
export interface WrappedCall {
  readonly mark: string;
  /** Null: no lock. */
  readonly lock: Lock | null;
}

export interface Lock {
  /** Null: the account's own. */
  readonly folder: string | null;
  readonly name: string;
}

/** A call with a mark of its own. */
export function newCall(lock: WrappedCall['lock']): WrappedCall {
  return { mark: `gianna-${randomBytes(12).toString('hex')}`, lock };
}

/** Its caller ends it at the limit, and needs up to 5 s for that; what the machine does itself comes after. */
const BEYOND_SECONDS = 6;

/** The argv that runs a program through the wrapper of a lock. */
export function wrapOnce(mark: string, lock: Lock, argv: readonly string[], timeoutMs: number): string[] {
  const most = String(Math.ceil(timeoutMs / 1000) + BEYOND_SECONDS);
  return ['/bin/sh', '-c', ONCE, 'gianna-ops', mark, most, lock.folder ?? '', lock.name, ...argv];
}

/**
 * The line that a login shell runs a program by. Without a lock it is that shell itself which becomes the program: one
 * start of a shell less is a good part of a short call's time.
 */
export function commandLine({ mark, lock }: WrappedCall, argv: readonly string[], timeoutMs: number): string {
  return lock === null ? `set -- ${mark}\n${RUN}` : quoteArgv(wrapOnce(mark, lock, argv, timeoutMs));
}

/** The line by which a login shell waits for a program to come; it says the mark once it has read a line. */
export function waitingLine(mark: string): string {
  return `read -r line || exit 125\nset -- ${mark}\n${RUN}`;
}

/** The argv that ends what a call started; prints the mark and `gone` or `left`. */
export function wrapEnd({ mark, lock }: WrappedCall, pid: number | null, why: 'timeout' | 'aborted'): string[] {
  const name = lock?.name ?? '';
  return ['/bin/sh', '-c', ENDER, 'gianna-ops', mark, pid === null ? '' : String(pid), lock?.folder ?? '', name, why];
}

const UNSAFE_IN_NAMES = /[^A-Za-z0-9._-]/g;

/** The name of a lock's folder: the key as far as it is harmless, and a digest of all that it is unique for. */
export function lockNameOf(key: string, scope: readonly string[]): string {
  const digest = sha256(JSON.stringify([key, ...scope])).slice(0, 12);
  return `${key.replace(UNSAFE_IN_NAMES, '_').slice(0, 80)}-${digest}`;
}

/** What a call's wrapper reads: without a lock the argv; the variables, a line each, and an empty line; the program's input. */
export function inputOf(
  { mark, lock }: WrappedCall,
  argv: readonly string[],
  { env = {}, input = '' }: Pick<ProgramOptions, 'env' | 'input'>,
): Uint8Array {
  const words = lock === null ? `${quoteArgv(argv)}\n${mark}\n` : '';
  const lines = Object.entries(env).map(([variable, value]) => `${variable}=${value}\n`);
  return Buffer.concat([Buffer.from(`${words}${lines.join('')}\n`), Buffer.from(input)]);
}
