import * as z from 'zod';
import type { ContainerSelector } from '../../core/config/config.ts';
import { refuse } from '../../core/errors.ts';
import type { DockerEngine, FoundContainer } from '../docker.ts';
import { readAnswer } from '../docker-answer.ts';

const PROJECT = 'com.docker.compose.project';
const SERVICE = 'com.docker.compose.service';
const ONE_OFF = 'com.docker.compose.oneoff';

/** Of `GET /containers/json`; Compose of both generations writes the same labels, but other names. */
const Listed = z.array(
  z.object({ Id: z.string(), Names: z.array(z.string()), Labels: z.record(z.string(), z.string()) }),
);

/**
 * Containers of a Compose service, by its labels alone, stopped ones too; one-off ones of
 * `compose run` are left out. The selector's label is `com.docker.compose.service=web`, or several with commas
 * between (`com.docker.compose.project=shop,com.docker.compose.service=web`). Refused when what it names belongs to
 * more than one project.
 */
export function findComposeContainers(engine: DockerEngine, selector: ContainerSelector): Promise<FoundContainer[]> {
  if (!('label' in selector)) {
    throw refuse(
      'SELECTOR_UNFIT',
      'A Compose service is found by its labels: names and ids change when it is brought up again.',
      `Write selector: { label: "${SERVICE}=NAME" } in hosts.yml, or use driver: container.`,
    );
  }
  return find(
    engine,
    selector.label.split(',').map((label) => label.trim()),
  );
}

async function find(engine: DockerEngine, labels: readonly string[]): Promise<FoundContainer[]> {
  const filters = { label: [...labels, PROJECT, SERVICE] };
  const listed = readAnswer(Listed, await engine.get('/containers/json', { all: true, filters }));
  const lasting = listed.filter(({ Labels }) => Labels[ONE_OFF]?.toLowerCase() !== 'true');
  const projects = [...new Set(lasting.map(({ Labels }) => Labels[PROJECT] ?? ''))].sort();
  if (projects.length > 1) {
    throw refuse(
      'COMPOSE_AMBIGUOUS',
      `The label ${labels.join(',')} names containers of several projects: ${projects.join(', ')}.`,
      `Add the project to the selector's label: "${PROJECT}=${projects[0]},${SERVICE}=NAME".`,
    );
  }
  return lasting
    .map(({ Id, Names }) => ({ id: Id, name: (Names[0] ?? Id.slice(0, 12)).replace(/^\//, '') }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
