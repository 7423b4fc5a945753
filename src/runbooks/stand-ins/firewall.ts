/** The blocks of one stand-in host. */
export interface StandInFirewall {
  /** Takes a script of ours as `nft -f -` does. */
  load(script: string): void;
  /** As `nft -j` lists the tables, and then ours. */
  list(): string;
}

const ADDED = /^add element inet gianna (\S+) \{ (\S+) timeout (\d+)s comment "([^"]*)" \}$/;
const DELETED = /^delete element inet gianna \S+ \{ (\S+) \}$/;

/** Blocks nothing yet. */
export function createStandInFirewall(): StandInFirewall {
  const blocks = new Map<string, { readonly set: string; readonly elem: object }>();
  return {
    load: (script) => {
      for (const line of script.split('\n')) {
        const [, set = '', text = '', seconds = '', comment = ''] = ADDED.exec(line) ?? [];
        const timeout = Number(seconds);
        if (text !== '') blocks.set(text, { set, elem: { val: elementOf(text), timeout, expires: timeout, comment } });
        blocks.delete(DELETED.exec(line)?.[1] ?? '');
      }
    },
    list: () => {
      const tables = blocks.size === 0 ? [] : [{ table: { family: 'inet', name: 'gianna' } }];
      const sets = [...blocks.values()].map(({ set, elem }) => ({ set: { name: set, elem: [{ elem }] } }));
      return [tables, sets].map((nftables) => JSON.stringify({ nftables })).join('\n');
    },
  };
}

function elementOf(text: string): unknown {
  const [addr = '', bits] = text.split('/');
  return bits === undefined ? addr : { prefix: { addr, len: Number(bits) } };
}
