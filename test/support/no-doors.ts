import { refuse } from '../../src/core/errors.ts';
import type { ShellOf } from '../../src/hosts/shell.ts';
import type { StepDoors } from '../../src/runbooks/steps/step.ts';

const notYet = () => refuse('NOT_BUILT', 'Steps cannot reach that in this release.', 'Leave the step out.');

/** Nothing beyond the services' drivers can be reached. */
export const noShells: ShellOf = () => {
  throw notYet();
};

/** Nothing of other rooms can be reached. */
export const noDoors: StepDoors = {
  silence: () => Promise.reject(notYet()),
  foreseeSilence: () => Promise.resolve({ blocked: null, shown: [], because: [] }),
  liftSilence: () => Promise.reject(notYet()),
  peers: () => [],
  notify: () => Promise.reject(notYet()),
};
