import { relative } from 'node:path';

/** What `go list -json` says of a package, as far as we read it. */
interface ListedPackage {
  readonly ImportPath: string;
  readonly Dir: string;
  readonly TestGoFiles?: readonly string[];
  readonly XTestGoFiles?: readonly string[];
  readonly TestImports?: readonly string[];
  readonly XTestImports?: readonly string[];
}

export interface GoPackage {
  readonly importPath: string;
  readonly dir: string;
  readonly hasTests: boolean;
  readonly kind: 'unit' | 'integration' | 'e2e';
}

export const listFields = 'ImportPath,Dir,TestGoFiles,XTestGoFiles,TestImports,XTestImports';

/** Tests that start a control plane import envtest; tests of a deployed operator live below a folder `e2e`. */
const envtest = 'sigs.k8s.io/controller-runtime/pkg/envtest';

/** Reads the objects that `go list -json` prints one after the other. `root`: folder of the module. */
export function parsePackages(stdout: string, root: string): readonly GoPackage[] {
  const texts = stdout.split(/^\}\s*$/m).filter((text) => text.trim() !== '');
  return texts.map((text) => {
    const listed = JSON.parse(`${text}}`) as ListedPackage;
    const imports = [...(listed.TestImports ?? []), ...(listed.XTestImports ?? [])];
    const folders = relative(root, listed.Dir).split('/');
    return {
      importPath: listed.ImportPath,
      dir: listed.Dir,
      hasTests: (listed.TestGoFiles ?? []).length + (listed.XTestGoFiles ?? []).length > 0,
      kind: folders.includes('e2e') ? 'e2e' : imports.includes(envtest) ? 'integration' : 'unit',
    };
  });
}
