import type { Config } from '../config/types.ts';
import type { Inputs } from '../inputs.ts';
import { releaseImageTags } from '../version/image-tags.ts';
import { indexReleases } from '../version/released.ts';
import { selectSubjects } from './subjects.ts';
import type { SubjectFacts } from './subjects.ts';

/**
 * Decides again which moving tags are ours, from the git tags that exist at that moment: another release may have been
 * tagged since the plan was made.
 */
export type MovingTags = (operator: string, tagsNow: readonly string[]) => ReadonlySet<string>;

export function createMovingTags(inputs: Inputs, config: Config, facts: SubjectFacts): MovingTags {
  const { release, reader } = selectSubjects(inputs, config, facts);
  return (operator, tagsNow) => {
    if (release === null) return new Set();
    const released = indexReleases(tagsNow, reader).of(operator);
    const { tags } = releaseImageTags({
      version: release.version,
      released: released.map(({ version }) => version),
      prefix: config.tags.prefix ?? 'v',
      latest: config.tags.latest ?? 'branch',
    });
    return new Set(tags.filter((tag) => tag.moving).map((tag) => tag.tag));
  };
}
