import type { GitHub } from '../github/client.ts';
import { listTags } from '../github/refs.ts';
import { readReleasedTags } from '../github/release-list.ts';

/** Version tags and published releases as GitHub has them at one moment. */
export interface Seen {
  readonly tags: readonly string[];
  /** Git tags of published releases. */
  readonly releasedTags: readonly string[];
}

/** All tags, and of the releases the newest; Errors: OR-GITHUB-*. */
export async function beginPublications(github: GitHub): Promise<Publishing> {
  const [tags, first] = await Promise.all([listTags(github), readReleasedTags(github)]);
  const seen = { tags: tags.map((tag) => tag.name), releasedTags: first.tags };
  return {
    seen,
    areImmutable: first.areImmutable,
    until: async (isEnough) =>
      isEnough(seen) ? seen : { ...seen, releasedTags: [...first.tags, ...(await first.rest())] },
  };
}

/** As many of them as `isEnough` wants to see. Errors: OR-GITHUB-*. */
export async function readPublications(github: GitHub, isEnough: (seen: Seen) => boolean): Promise<Seen> {
  return (await beginPublications(github)).until(isEnough);
}

export interface Publishing {
  readonly seen: Seen;
  /** The newest releases are, some of them at least. */
  readonly areImmutable: boolean;
  /** Reads the other releases too where those seen are not enough. Errors: OR-GITHUB-*. */
  until(isEnough: (seen: Seen) => boolean): Promise<Seen>;
}
