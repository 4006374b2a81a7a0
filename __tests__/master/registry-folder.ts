import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Looks into the storage of a registry (distribution, filesystem driver) without asking it, so that no request is made. */
export class RegistryFolder {
  readonly #root: string;

  constructor(folder: string) {
    this.#root = join(folder, 'docker/registry/v2');
  }

  /** The tags of a repository with the digests that they point to. */
  tags(repository: string): ReadonlyMap<string, string> {
    const folder = join(this.#root, 'repositories', repository, '_manifests/tags');
    const found = names(folder).flatMap((tag): [string, string][] => {
      const digest = read(join(folder, tag, 'current/link'));
      return digest === null ? [] : [[tag, digest.toString()]];
    });
    return new Map(found);
  }

  /** Null when the repository does not have it. */
  manifest(repository: string, digest: string): Buffer | null {
    return this.#linked(repository, '_manifests/revisions', digest);
  }

  blob(repository: string, digest: string): Buffer | null {
    return this.#linked(repository, '_layers', digest);
  }

  #linked(repository: string, kind: string, digest: string): Buffer | null {
    const [algorithm = '', hex = ''] = digest.split(':');
    if (read(join(this.#root, 'repositories', repository, kind, algorithm, hex, 'link')) === null) return null;
    return read(join(this.#root, 'blobs', algorithm, hex.slice(0, 2), hex, 'data'));
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function read(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
