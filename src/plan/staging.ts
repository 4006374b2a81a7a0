import type { OperatorFacts } from '../facts/types.ts';
import { commitImageTag, shortSha } from '../version/branch-tags.ts';
import { chartTag } from '../registry/chart.ts';
import { longestTag } from '../version/oci-tag.ts';
import { dependsOnVersion } from './image.ts';
import type { ReleaseSubject } from './subjects.ts';
import type { Candidate, ImagePlan } from './types.ts';

/**
 * Where a leg of a matrix leaves what it tested for a version: a tag that no range of Helm or Flux takes, as it is no
 * semantic version. `mode: finish` gives the same manifest its version.
 */
export function candidateTag(version: string, sha: string): string {
  return `candidate-${shortSha(sha)}-${chartTag(version)}`.slice(0, longestTag);
}

/**
 * The candidate tag when this run has only some of the operators that its tag releases together: then none of them gets
 * its public name before the others are green too. Null for a run that publishes what it makes.
 */
export function candidateOf(release: ReleaseSubject | null, operators: readonly string[], sha: string): Candidate {
  if (release?.lockstep !== true || release.operators.every((name) => operators.includes(name))) return null;
  return candidateTag(release.version.text, sha);
}

/** The image without the names of its version. Its commit's tag says that it was tested, for a run that comes again. */
export function stagedImage(image: ImagePlan, operator: OperatorFacts, sha: string): ImagePlan {
  const reason = 'given by mode: finish when all operators are green';
  const isOfCommit = !dependsOnVersion(operator.settings.image?.buildArgs ?? {});
  return {
    ...image,
    tags: isOfCommit ? [{ tag: commitImageTag(sha), moving: false, reason: 'tested for this commit' }] : [],
    skippedTags: [...image.tags.map(({ tag }) => ({ tag, reason })), ...image.skippedTags],
  };
}
