import { readdirSync, readFileSync } from 'node:fs';

/** Looks through the argv of every process of the machine while `work` goes on; gives those that hold `text`. */
export async function findInArgv<T>(text: string, work: Promise<T>): Promise<{ found: string[]; looks: number }> {
  const found: string[] = [];
  let looks = 0;
  let isOver = false;
  const end = work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    found.push(...commandLines().filter((line) => line.includes(text)));
    looks += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await end;
  return { found, looks };
}

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // It has ended meanwhile.
      }
    });
}
