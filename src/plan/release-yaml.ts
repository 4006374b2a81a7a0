import { loadAll } from 'js-yaml';
import { isRecord } from '../chart/rendered.ts';
import { messageOf, Problem } from '../errors.ts';
import type { NotesPlan, NotesSection } from './types.ts';

/** GitHub's own configuration of generated notes, as far as it says something of ours. */
export interface ReleaseYaml {
  readonly file: string;
  readonly sections: readonly NotesSection[];
  readonly exclude: Pick<NotesPlan['exclude'], 'labels' | 'authors'>;
}

/**
 * Reads `.github/release.yml` (docs.github.com, "Automatically generated release notes", configuration options): exclusions
 * for all, and categories by labels, of which `*` takes what is left. Errors: OR-RELEASE-YAML.
 */
export function parseReleaseYaml(text: string, file: string): ReleaseYaml {
  const changelog = record(record(read(text, file), file, 'the file')['changelog'] ?? {}, file, 'changelog');
  const categories = changelog['categories'] ?? [];
  if (!Array.isArray(categories)) throw wrong(file, 'changelog.categories is no list');
  return {
    file,
    exclude: exclusions(changelog['exclude'], file, 'changelog.exclude'),
    sections: categories.map((value: unknown, at): NotesSection => {
      const where = `changelog.categories[${at}]`;
      const category = record(value, file, where);
      if (typeof category['title'] !== 'string') throw wrong(file, `${where} has no title`);
      return {
        title: category['title'],
        labels: texts(category['labels'], file, `${where}.labels`),
        types: [],
        exclude: exclusions(category['exclude'], file, `${where}.exclude`),
      };
    }),
  };
}

function exclusions(value: unknown, file: string, where: string): ReleaseYaml['exclude'] {
  const given = record(value ?? {}, file, where);
  return {
    labels: texts(given['labels'], file, `${where}.labels`),
    authors: texts(given['authors'], file, `${where}.authors`),
  };
}

function read(text: string, file: string): unknown {
  try {
    return loadAll(text)[0] ?? {};
  } catch (cause) {
    throw wrong(file, messageOf(cause).split('\n')[0] ?? 'no YAML');
  }
}

function record(value: unknown, file: string, where: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw wrong(file, `${where} is no mapping`);
}

function texts(value: unknown, file: string, where: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return list.map((each) => {
    if (typeof each === 'string') return each;
    throw wrong(file, `${where} holds something else than texts`);
  });
}

function wrong(file: string, what: string): Problem {
  return new Problem('OR-RELEASE-YAML', `the release notes cannot be configured by ${file}: ${what}`, {
    hint: 'see "Configuring automatically generated release notes" in the documentation of GitHub; or set release.notes.sections',
    at: { file },
  });
}
