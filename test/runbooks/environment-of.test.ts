import { expect, it } from 'vitest';
import { environmentOf } from '../../src/runbooks/environment-of.ts';
import { testConfig } from '../support/config.ts';

const { services } = testConfig();
const { gianna, redis } = services;
if (gianna === undefined || redis === undefined) throw new Error('no services');
const config = {
  services: {
    gianna: { ...gianna, environment: 'production' },
    redis: { ...redis, environment: 'production' },
    try: { ...redis, environment: 'staging' },
    plain: { ...redis, environment: null },
  },
};

it.each([
  ['one service', ['docker-1/gianna'], 'gianna', 'production'],
  ['several services of one environment', ['docker-1/gianna', 'docker-1/redis'], 'gianna', 'production'],
  ['services of two environments', ['docker-1/try', 'docker-1/gianna'], 'try', null],
  ['a service and its host as a whole', ['docker-1/gianna', 'web-1/*'], 'gianna', null],
  ['a service of no environment', ['docker-1/plain'], 'plain', null],
  ['a service that is not there any more', ['?/gone'], 'gone', null],
  ['nothing, about a service', [], 'gianna', 'production'],
  ['nothing, about nothing', [], null, null],
])('of a run that changes %s', (_, locks, service, environment) => {
  expect(environmentOf({ locks, service }, config)).toBe(environment);
});
