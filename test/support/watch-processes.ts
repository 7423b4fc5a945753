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
    found.push(...filesOfProcesses('cmdline').filter((line) => line.includes(text)));
    looks += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await end;
  return { found, looks };
}

function filesOfProcesses(file: 'cmdline' | 'environ'): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, 'utf8');
      } catch {
        return ''; // It has ended meanwhile.
      }
    });
}

/** Where a text was seen in processes of this machine. */
export interface SeenInProcesses {
  /** Command lines that held it. */
  readonly argv: readonly string[];
  /** Names of variables that held it, each once. */
  readonly variables: readonly string[];
  readonly looks: number;
}

/** Others of this machine need its cores too; programs that are looked for live longer. */
const LOOK_EVERY_MS = 5;

/** Looks through the argv and the environment of every process of the machine while `work` goes on. */
export async function seeInProcesses(text: string, work: Promise<unknown>): Promise<SeenInProcesses> {
  const argv: string[] = [];
  const variables = new Set<string>();
  let looks = 0;
  let isOver = false;
  const end = work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    argv.push(...filesOfProcesses('cmdline').filter((line) => line.includes(text)));
    for (const environ of filesOfProcesses('environ')) {
      for (const pair of environ.split('\0')) if (pair.includes(text)) variables.add(pair.slice(0, pair.indexOf('=')));
    }
    looks += 1;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  await end;
  return { argv, variables: [...variables], looks };
}
