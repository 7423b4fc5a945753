import { READ } from '../steps/file/read.ts';
import { RESTORE, WRITE } from '../steps/file/write.ts';

/** The files that steps wrote on one stand-in host; every other one is absent. */
export interface StandInFiles {
  /** What the script of a look prints; null: the script is another one. */
  read(script: string | undefined, args: readonly string[]): string | null;
  /** Does what a script that writes does, and says it; null: the script is another one. */
  write(script: string | undefined, args: readonly string[], input: string): string | null;
}

const LINE = 76;

/** No file is there yet. */
export function createStandInFiles(): StandInFiles {
  const contents = new Map<string, string>();
  return {
    read: (script, [folder = '', name = '']) => {
      if (script !== READ) return null;
      const content = contents.get(`${folder === '/' ? '' : folder}/${name}`);
      if (content === undefined) return `${folder}\nabsent\n`;
      const lines =
        Buffer.from(content)
          .toString('base64')
          .match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
      return [folder, 'file 644 1 root:root (0:0)', ...lines, ''].join('\n');
    },
    write: (script, args, input) => {
      const [path = ''] = args;
      if (script === WRITE) {
        const before = contents.get(path);
        if (before !== undefined) contents.set(args[3] ?? '', before);
        contents.set(path, input);
        return `write ${path} (${input.length} characters)`;
      }
      if (script !== RESTORE) return null;
      const backup = args[3] ?? '';
      const former = contents.get(backup);
      contents.delete(backup === '' ? path : backup);
      if (former !== undefined) contents.set(path, former);
      return backup === '' ? `remove ${path}` : `put ${backup} back as ${path}`;
    },
  };
}
