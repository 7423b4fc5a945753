import { intake } from './01-intake.ts';
import { intakeBesideAlertmanager } from './02-intake-alertmanager.ts';
import { drain } from './03-drain.ts';
import { alertToMessage } from './04-alert-to-message.ts';
import { storm } from './05-storm.ts';
import { bigStorm } from './06-storm-1000.ts';
import { hosts } from './08-hosts.ts';
import { startUp } from './09-start.ts';
import { clicks } from './12-clicks.ts';
import { commitName, type Figure, machineName, type Row } from './support/figure.ts';

const FIGURES: readonly Figure[] = [
  intake,
  intakeBesideAlertmanager,
  drain,
  alertToMessage,
  storm,
  bigStorm,
  hosts,
  startUp,
  clicks,
];

const asked = process.argv.slice(2).filter((argument) => argument !== '--json');
const json = process.argv.includes('--json');
const chosen = FIGURES.filter(
  (each) =>
    asked.length === 0 ||
    asked.some((word) => word === String(each.figure) || (/\D/.test(word) && each.name.includes(word))),
);
if (chosen.length === 0) {
  console.error(`no such figure; there are: ${FIGURES.map((each) => `${each.figure} (${each.name})`).join(', ')}`);
  process.exit(2);
}

const rows: Row[] = [];
for (const figure of chosen) {
  if (!json) console.error(`measuring figure ${figure.figure}: ${figure.name} …`);
  rows.push(...(await figure.run()));
}
console.log(json ? JSON.stringify(rows, null, 2) : table(rows));
process.exit(rows.some((row) => row.met === false) ? 1 : 0);

function table(all: readonly Row[]): string {
  const number = (value: number | null) =>
    value === null ? 'not installed' : value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
  const lines = all.map(
    (row) =>
      `| ${row.figure} | ${row.name} | ${row.case} | ${number(row.value)} ${row.unit} | ${row.reference === null && (row.met !== null || row.must === 'none') ? '–' : number(row.reference)} | ${row.ratio === null ? '–' : row.ratio.toFixed(2)} | ${row.must} | ${row.must === 'none' ? '–' : row.met === null ? 'not compared' : row.met ? 'yes' : 'NO'} |`,
  );
  return [
    `Commit ${commitName()}, ${machineName()}`,
    '',
    '| # | figure | case | value | peer or limit | ratio | must | met |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}
