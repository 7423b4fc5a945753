import type { Shell } from '../../../hosts/shell.ts';
import type { Address } from './address.ts';

const LIMITS = { timeoutMs: 10_000, maxBytes: 64 * 1024 };

/**
 * What comes from a blocked address is dropped whatever it belongs to; this ends what is left of its connections on the
 * host itself. Prints: sockets before, sockets after, entries of connection tracking that were deleted (`-`: no conntrack).
 */
export const CUT = `open() { for a in "$@"; do ss -Htn state connected dst "$a" 2>/dev/null; done | grep -c .; }
before=$(open "$@") tracked=-
for a in "$@"; do ss -K dst "$a" >/dev/null 2>&1; done
if command -v conntrack >/dev/null 2>&1; then
  tracked=0
  for a in "$@"; do
    n=$(conntrack -D -s "$a" 2>/dev/null | grep -c .)
    tracked=$((tracked + n))
  done
fi
echo "$before $(open "$@") $tracked"`;

/** Ends connections of these addresses with a host; says what came of it in words that go behind others; empty: there were none. */
export async function cutConnections(shell: Shell, addresses: readonly Address[]): Promise<string> {
  const result = await shell.run(['sh', '-c', CUT, 'gianna-ops', ...addresses.map(({ text }) => text)], LIMITS);
  const [, before, after, tracked] = /^(\d+) (\d+) (\d+|-)$/m.exec(result.stdout) ?? [];
  if (before === undefined || after === undefined || tracked === undefined) {
    return '; whether it has connections there could not be told; nothing passes over them';
  }
  const forgotten = tracked === '-' || tracked === '0' ? '' : `; ${tracked} tracked flows forgotten`;
  if (before === '0') return forgotten;
  const cut = Number(before) - Number(after);
  const left = after === '0' ? '' : `; ${after} stay open until they time out, and nothing passes over them`;
  return `; ${cut} of ${before} connections cut${left}${forgotten}`;
}
