import { spawn } from 'node:child_process';
import { findCommand, until } from './process.ts';

export interface DatabaseLock {
  /** Gives the lock back and ends the program that held it. */
  release(): Promise<void>;
}

/** Locks an SQLite file by the `sqlite3` program, as an operator's open session does. */
export async function lockDatabase(file: string): Promise<DatabaseLock> {
  const program = findCommand('sqlite3');
  if (program === null) throw new Error('sqlite3 is not installed');
  const holder = spawn(program, ['-batch', file], { stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [holder.stdout, holder.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  holder.stdin.write(".timeout 10000\nBEGIN EXCLUSIVE;\nSELECT 'it is ' || 'locked';\n");
  await until(`the database is locked; sqlite3 said: ${printed}`, () => printed.includes('it is locked'));
  return {
    release: async () => {
      const ended = new Promise<void>((resolve) => holder.once('exit', () => resolve()));
      holder.stdin.end('ROLLBACK;\n.quit\n');
      await ended;
    },
  };
}
