import { appendFileSync } from 'node:fs';

/** How often a large run strikes: the sample of `npm test`, or GIANNA_TEST_COUNT (`npm run faults -- --full`). */
export function countOf(sample: number): number {
  const given = process.env.GIANNA_TEST_COUNT;
  if (given === undefined) return sample;
  const count = Number(given);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`GIANNA_TEST_COUNT is a whole number from 1, not "${given}"`);
}

/** The time that a sample gets; a run of another count has no end of its own. */
export function patienceOf(sampleMs: number): number {
  return process.env.GIANNA_TEST_COUNT === undefined ? sampleMs : 0;
}

/** Tells what a large run came to: a line for people, and one of JSON for the table of `npm run faults`. */
export function tellRun(numbers: Readonly<Record<string, number>>): void {
  console.log(wordsOf(numbers));
  const file = process.env.GIANNA_FAULTS_TOLD;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(numbers)}\n`);
}

/** `kills 24, struck 21` */
export function wordsOf(numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ');
}
