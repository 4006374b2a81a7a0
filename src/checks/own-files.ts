import { existsSync } from 'node:fs';
import { isAbsolute, join, posix, relative } from 'node:path';
import type { FileOf } from './test-failures.ts';

/**
 * Finds the repository's own files among those that Go names: absolute, from the `folder` it was started in (the
 * compiler), or by their name alone (a test). `root` and `folder` are absolute; `dirOf` gives a package's absolute folder.
 */
export function ownFiles(root: string, folder: string, dirOf: (packageName: string) => string): FileOf {
  return (packageName, file) => {
    const path = isAbsolute(file)
      ? file
      : [join(folder, file), join(dirOf(packageName), posix.basename(file))].find((each) => existsSync(each));
    const fromRoot = path === undefined ? '..' : relative(root, path);
    // A module cache may lie inside of the checkout; "@" is in the folders' names there.
    return fromRoot.startsWith('..') || /(?:^|\/)vendor\/|@v\d/.test(fromRoot) ? null : fromRoot;
  };
}
