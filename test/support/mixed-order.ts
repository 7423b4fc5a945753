import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Spreads the tests on real parts, which mostly wait, evenly among those that compute: three at a time then keep two
 * cores busy from the first minute to the last.
 */
export class MixedOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waiting = sorted.filter(({ project }) => project.name === 'real');
    const computing = sorted.filter(({ project }) => project.name !== 'real');
    const each = Math.floor(computing.length / (waiting.length + 1));
    const mixed = waiting.flatMap((file) => [file, ...computing.splice(0, each)]);
    return [...mixed, ...computing];
  }
}
