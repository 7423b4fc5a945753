/** Import directions. Each rule says why it is there and what to do instead. */
const room = (name) => `^src/${name}/`;
const only = (from, allowed, why) => ({
  name: `${from}-imports-only-below`,
  comment: why,
  severity: 'error',
  from: { path: room(from) },
  to: { path: '^src/', pathNot: [room(from), ...allowed.map((each) => (each.includes('\\.') ? each : room(each)))] },
});
const vendor = (name, pattern, allowed, why) => ({
  name: `${name}-stays-at-its-edge`,
  comment: why,
  severity: 'error',
  from: { path: '^src/', pathNot: allowed },
  to: { path: `node_modules/(${pattern})(/|$)` },
});

module.exports = {
  forbidden: [
    only('core', [], 'core is the ground floor: it knows no room. Hand the fact in as a function instead.'),
    only(
      'journal',
      ['core'],
      'the journal stores for everybody and knows nobody. Put the meaning into the room that owns it.',
    ),
    only('hosts', ['core'], 'transports and drivers know how to reach a host, not why.'),
    only('probes', ['core', 'journal', 'hosts'], 'a probe looks; it does not know what its answer is used for.'),
    only(
      'alerts',
      ['core', 'journal'],
      'the domain never imports an edge and rooms do not import sideways: take the fact as a function typed by the asker, passed by app.ts.',
    ),
    only(
      'oncall',
      ['core', 'journal', '^src/alerts/(incident-state|change|incident-view|timeline|events)\\.ts$'],
      'escalation reads incident state and nothing else of alerts.',
    ),
    only(
      'runbooks',
      ['core', 'journal', 'hosts', 'probes'],
      'runbooks act on hosts and verify with probes; facts of incidents come in as functions.',
    ),
    ...['bot', 'web', 'cli'].map((edge) =>
      only(
        edge,
        ['core', 'journal', 'probes', 'alerts', 'oncall', 'runbooks'],
        'an edge translates between the outside and the domain; edges do not import each other or reach hosts directly.',
      ),
    ),
    {
      name: 'app-is-the-only-wiring',
      comment:
        'app.ts knows everything (rooms.ts is its list of what it imports late), so nothing but main.ts may know app.ts (main hands startApp to the cli).',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|app)\\.ts$' },
      to: { path: '^src/(app|main|rooms)\\.ts$' },
    },
    {
      name: 'no-circle',
      comment: 'two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphan',
      comment: 'a file nobody imports is dead, or its wiring was forgotten.',
      severity: 'error',
      from: { orphan: true, path: '^src/' },
      to: {},
    },
    {
      name: 'reachable-from-main',
      comment: 'what cannot be reached from main.ts does not run in production: wire it in app.ts or delete it.',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/', reachable: false },
    },
    vendor('slack', '@slack', [room('bot')], 'Slack is one edge: the domain must run without it.'),
    vendor('docker', 'dockerode|ssh2', [room('hosts')], 'one place knows how to reach a host.'),
    vendor('hono', 'hono|@hono', [room('web')], 'HTTP pages are one edge.'),
    vendor(
      'sqlite',
      'better-sqlite3|pg',
      [room('journal'), '^src/(probes/kinds|runbooks/steps)/sqlite\\.ts$'],
      'the store is behind the journal port.',
    ),
    vendor('execa', 'execa', ['^src/hosts/local\\.ts$'], 'local commands run in one place, as argv.'),
    vendor(
      'axios',
      'axios',
      ['^src/core/http\\.ts$'],
      'one configured instance: limits, no redirects to private ranges.',
    ),
    {
      name: 'no-dev-dependency-in-src',
      comment: 'what runs in production is a dependency.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
