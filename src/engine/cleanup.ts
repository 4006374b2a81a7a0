import { rm } from 'node:fs/promises';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { removeBuilder } from '../tools/docker.ts';
import type { Exec } from '../tools/exec.ts';
import { endLease, leaseFolder } from '../tools/leases.ts';

/** Something on the machine that must not outlive the job. Holds no secret: it is saved in the job's state for `post`. */
export type Resource =
  | { readonly kind: 'cluster'; readonly name: string; readonly tool: string }
  | { readonly kind: 'builder'; readonly lease: string }
  | { readonly kind: 'folder'; readonly path: string };

/** Remembers what to tear down. `add` before the thing is made, so that a kill in between leaves nothing behind. */
export interface Cleanup {
  add(resource: Resource): void;
  resources(): readonly Resource[];
}

export function createCleanup(save: (resources: readonly Resource[]) => void): Cleanup {
  const resources: Resource[] = [];
  return {
    add: (resource) => {
      if (resources.some((known) => JSON.stringify(known) === JSON.stringify(resource))) return;
      resources.push(resource);
      save(resources);
    },
    resources: () => resources,
  };
}

/** Tears down in reverse order; only warns, since a leftover must not turn a good release red. */
export async function tearDown(resources: readonly Resource[], exec: Exec, log: Log): Promise<void> {
  for (const resource of [...resources].reverse()) {
    try {
      await remove(resource, exec, log);
    } catch (thrown) {
      log.warn(`could not remove ${describe(resource)}: ${messageOf(thrown)}`);
    }
  }
}

async function remove(resource: Resource, exec: Exec, log: Log): Promise<void> {
  switch (resource.kind) {
    case 'cluster': {
      const args = ['delete', 'cluster', '--name', resource.name];
      const first = await exec(resource.tool, args, { allowFailure: true });
      // "did not receive an exit event" (helm/kind-action#54): the second attempt succeeds.
      if (first.exitCode !== 0) await exec(resource.tool, args);
      await endLease(leaseFolder('clusters'), resource.name);
      log.info(`deleted the cluster ${resource.name}`);
      return;
    }
    case 'builder':
      await removeBuilder(exec, resource.lease, log);
      return;
    case 'folder':
      await rm(resource.path, { recursive: true, force: true, maxRetries: 3 });
  }
}

function describe(resource: Resource): string {
  switch (resource.kind) {
    case 'cluster':
      return `the cluster ${resource.name}`;
    case 'builder':
      return 'the builder';
    case 'folder':
      return resource.path;
  }
}

/** What an earlier step of the job saved; anything else than a list of resources counts as nothing. */
export function parseResources(text: string): readonly Resource[] {
  if (text === '') return [];
  try {
    const value = JSON.parse(text) as unknown;
    return Array.isArray(value) ? value.filter(isResource) : [];
  } catch {
    return [];
  }
}

function isResource(value: unknown): value is Resource {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const has = (key: string): boolean => typeof (value as Record<string, unknown>)[key] === 'string';
  if (value.kind === 'cluster') return has('name') && has('tool');
  if (value.kind === 'builder') return has('lease');
  return value.kind === 'folder' && has('path');
}
