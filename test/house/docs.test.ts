import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const scripts: Record<string, string> = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).scripts;
const commands = await subcommandNames();
const environment = ['environment.ts', 'means-settings.ts']
  .map((name) => readFileSync(join(repository, 'src/core/config', name), 'utf8'))
  .join('\n');
const sources = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(repository, 'src', name), 'utf8'))
  .join('\n');

function textOf(page: string): string {
  return readFileSync(join(repository, page), 'utf8');
}

/** As the program itself lists them. */
async function subcommandNames(): Promise<string[]> {
  let help = '';
  const stdout = {
    write: (text: string) => {
      help += text;
      return true;
    },
  };
  await runCli(['--help'], { startApp: async () => 0, env: {}, stdout, stderr: stdout });
  return [...help.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => String(name));
}

describe.each(pages)('%s', (page) => {
  it('names only files and folders that are there', () => {
    const named = [...textOf(page).matchAll(/`((?:src|test|docs|config|demo|bench|scripts|\.ci)\/[\w./-]*)`/g)];

    const missing = named.map(([, path]) => String(path)).filter((path) => !existsSync(join(repository, path)));

    expect(missing).toEqual([]);
  });

  it('links only to what is there', () => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target]) =>
      String(target),
    );

    const broken = links.filter((target) => !existsSync(join(repository, dirname(page), target)));

    expect(broken.map((target) => `${relative(repository, page)}: ${target}`)).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const named = [...textOf(page).matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name]) => String(name));

    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('names only subcommands that exist', () => {
    const named = [...textOf(page).matchAll(/gianna-ops ([a-z][a-z-]*)/g)].map(([, name]) => String(name));
    const words = new Set([...commands, 'is', 'and', 'in', 'does', 'on', 'to', 'has', 'again', 'the', 'bot']);

    expect(named.filter((name) => !words.has(name))).toEqual([]);
  });

  it('names only metrics that are kept', () => {
    const named = [...textOf(page).matchAll(/gianna_ops_[a-z_]+/g)].map(([name]) => name);

    expect(named.filter((name) => !sources.includes(name.replace('gianna_ops_', '')))).toEqual([]);
  });

  it('names only environment variables that are read', () => {
    const named = [...textOf(page).matchAll(/`((?:GIANNA|SLACK)_[A-Z_]+)`/g)].map(([, name]) =>
      String(name).replace(/_FILE$/, ''),
    );
    const inScripts = readFileSync(join(repository, 'scripts/setup.mjs'), 'utf8');

    expect(named.filter((name) => !environment.includes(name) && !inScripts.includes(name))).toEqual([]);
  });
});
