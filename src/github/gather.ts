import type { Commit } from '../facts/git.ts';
import {
  type Change,
  classifyChange,
  type NotesRules,
  numberInSubject,
  type RawChange,
  titleOfSubject,
} from './changes.ts';
import type { GitHub } from './client.ts';
import { firstPullsOf, type Origin, originsOf, whyUnanswered } from './pulls.ts';

/** Commits that are looked up, fifty with a request; beyond, their subjects have to do. */
const maxLookups = 2500;

/**
 * The pull requests that brought these commits, in the order of the commits, each once; a commit without one stands for
 * itself. Where GitHub does not say, or there are too many to ask for, the commit's subject has to do.
 * @param pages address of the repository's pages
 */
export async function gatherChanges(
  github: GitHub,
  commits: readonly Commit[],
  pages: string,
  rules: NotesRules,
): Promise<readonly Change[]> {
  const asked = oneOfEach(commits);
  if (asked.length > maxLookups) {
    github.log.info(
      `${commits.length} commits since the last release: pull requests are looked up for ${maxLookups} of them`,
    );
  }
  const origins = await tryOrigins(github, asked.slice(0, maxLookups));
  const byNumber = new Map<number, RawChange>();
  const found = commits.flatMap((commit): readonly RawChange[] => {
    const raw = changeOf(commit, origins.get(commit.sha), pages);
    if (raw.number === null) return [raw];
    const known = byNumber.get(raw.number);
    if (known === undefined) byNumber.set(raw.number, raw);
    else byNumber.set(raw.number, together(known, raw));
    return known === undefined ? [raw] : [];
  });
  return found.flatMap((raw) => classifyChange(byNumber.get(raw.number ?? 0) ?? raw, rules) ?? []);
}

/** Who of the authors had nothing merged before, with the first pull request. Empty when GitHub does not say. */
export async function newcomersOf(
  github: GitHub,
  changes: readonly Change[],
): Promise<readonly { readonly login: string; readonly change: Change }[]> {
  const people = changes.flatMap(({ author, number }) =>
    author === null || number === null || author.endsWith('[bot]') ? [] : [author],
  );
  try {
    const first = await firstPullsOf(github, [...new Set(people)]);
    return changes.flatMap((change) =>
      change.author !== null && change.number !== null && first.get(change.author) === change.number
        ? [{ login: change.author, change }]
        : [],
    );
  } catch (error) {
    github.log.warn(`GitHub does not tell who contributes for the first time: ${whyUnanswered(error)}`);
    return [];
  }
}

/** Of the commits of a pull request that their subjects name, one is enough. */
function oneOfEach(commits: readonly Commit[]): readonly string[] {
  const numbers = new Set<number>();
  return commits.flatMap(({ sha, subject }) => {
    const number = numberInSubject(subject);
    if (number === null) return [sha];
    if (numbers.has(number)) return [];
    numbers.add(number);
    return [sha];
  });
}

/** Notes are not worth a failed release, and not worth the waiting time that the release itself may need. */
async function tryOrigins(github: GitHub, commits: readonly string[]): Promise<ReadonlyMap<string, Origin>> {
  try {
    return await originsOf(github, commits);
  } catch (error) {
    github.log.warn(`GitHub does not tell the pull requests of the commits: ${whyUnanswered(error)}`);
    return new Map();
  }
}

function changeOf({ sha, subject, body }: Commit, origin: Origin | undefined, pages: string): RawChange {
  const pull = origin?.pull ?? null;
  const number = pull?.number ?? numberInSubject(subject);
  return {
    title: pull?.title ?? titleOfSubject(subject),
    number,
    sha,
    url: pull?.url ?? (number === null ? `${pages}/commit/${sha}` : `${pages}/pull/${number}`),
    author: pull === null ? (origin?.author ?? null) : pull.author,
    // The footers of the commits count, too; a subject with "!" as if it were one.
    body: [pull?.body ?? '', body, /^[a-z]+(?:\([^()]*\))?!:/i.test(subject) ? 'BREAKING CHANGE: ' : ''].join('\n'),
    labels: pull?.labels ?? [],
  };
}

/** Two commits of one pull request; what GitHub said of either is worth more than a subject. */
function together(one: RawChange, other: RawChange): RawChange {
  const told = one.author === null && one.labels.length === 0 ? other : one;
  return { ...told, sha: one.sha, body: `${one.body ?? ''}\n${other.body ?? ''}` };
}
