/** Go's names for the machines that the action runs on. */
export type Platform = 'linux/amd64' | 'linux/arm64' | 'darwin/amd64' | 'darwin/arm64';

/** Where a release's files are. In `url` and `member`: `{version}`, `{os}`, `{arch}`. */
export interface Download {
  readonly url: string;
  /** Hosts that `url` may redirect to, beside its own. */
  readonly redirects: readonly string[];
  /** File in the `.tar.gz`; null when the download is the program itself. */
  readonly member: string | null;
  /** What this project calls an operating system or architecture, where it is not Go's name. */
  readonly spelling?: Readonly<Record<string, string>>;
  /** Hex SHA-256 of the downloaded file. A platform without one is not downloaded. */
  readonly sha256: Readonly<Partial<Record<Platform, string>>>;
}

export interface Tool {
  /** What is fetched where there is none on PATH. Strict semver without a prefix. */
  readonly version: string;
  /** Versions that are taken when they are on PATH already. */
  readonly range: string;
  /** Arguments that make the program print its version; the first group of `pattern` is the version. */
  readonly ask: { readonly args: readonly string[]; readonly pattern: RegExp };
  /** The program does not know its version when `go install` built it: then whatever is on PATH is taken. */
  readonly mayBeSilent?: true;
  /**
   * Go module, and the program's package in it; `{major}` is the major number of the wanted version.
   * Null where `go install` refuses the module.
   */
  readonly go: { readonly module: string; readonly package?: string } | null;
  readonly download: Download;
}

const github = ['release-assets.githubusercontent.com', 'objects.githubusercontent.com'] as const;
const anyVersion = /\bv?(\d+\.\d+(?:\.\d+)?(?:-[0-9A-Za-z.-]+)?)/;

/**
 * The one table of versions. The sums are those of the projects' own checksum files; each was found in at least two
 * independent public lock files, except chainsaw's for darwin and ko's for darwin/amd64 (one).
 */
export const tools = {
  'golangci-lint': {
    version: '2.12.2',
    // --path-mode came with 2.1.
    range: '>=2.1.0 <3',
    ask: { args: ['version'], pattern: /has version v?(\S+)/ },
    go: { module: 'github.com/golangci/golangci-lint/v{major}', package: 'cmd/golangci-lint' },
    download: {
      url: 'https://github.com/golangci/golangci-lint/releases/download/v{version}/golangci-lint-{version}-{os}-{arch}.tar.gz',
      redirects: github,
      member: 'golangci-lint-{version}-{os}-{arch}/golangci-lint',
      sha256: {
        'linux/amd64': '8df580d2670fed8fa984aac0507099af8df275e665215f5c7a2ae3943893a553',
        'linux/arm64': '44cd40a8c76c86755375adfeea52cfd3533cb43d7bd647771e0ae065e166df3a',
        'darwin/amd64': 'f6f06d94b6241521c53d15450c5209b028270bf966f842afb11c030c79f5bc16',
        'darwin/arm64': 'a9c54498731b3128f79e090be6110f3e5fffccc617b08142ed244d4126c73f29',
      },
    },
  },
  helm: {
    version: '4.3.0',
    range: '>=3.14.0 <5',
    ask: { args: ['version', '--short'], pattern: anyVersion },
    go: { module: 'helm.sh/helm/v{major}', package: 'cmd/helm' },
    download: {
      url: 'https://get.helm.sh/helm-v{version}-{os}-{arch}.tar.gz',
      redirects: [],
      member: '{os}-{arch}/helm',
      sha256: {
        'linux/amd64': '86584a54def73570558f66f5111cc53dfed56689637ae32c1201205d494f54fb',
        'linux/arm64': '31c5794dd55c66a51e6b7d2e2ac7a114ae8b1de41ff1d9ba51748ac973b06a08',
        'darwin/amd64': '347a784877e0e20eac865e8d1c36a80f6bb0861d6f29abd34defb6570ef95d92',
        'darwin/arm64': 'd3870437e1e95b67f8edbde964156c84a26503f560821d40c542441658934fba',
      },
    },
  },
  kind: {
    version: '0.33.0',
    range: '>=0.24.0 <1',
    ask: { args: ['version'], pattern: anyVersion },
    go: { module: 'sigs.k8s.io/kind' },
    download: {
      url: 'https://github.com/kubernetes-sigs/kind/releases/download/v{version}/kind-{os}-{arch}',
      redirects: github,
      member: null,
      sha256: {
        'linux/amd64': 'aee6151561422756b764a4ae28e7f44cda5af5a9eead3cc9985112b1de8d8e0d',
        'linux/arm64': '20022bee6cfcd5086cb7234d218e3454e6090022f2a8f55d1fa7fcf42c3867a2',
        'darwin/amd64': '5a99f26f57246dc9319dd294803313197a0f34d33c525b3ea8b655db5916ece0',
        'darwin/arm64': '0c8c7dbe5e23594a198b786c4bc13dacc101fa6196b0cb0b23a1ca44e61f4b4f',
      },
    },
  },
  kubectl: {
    // The Kubernetes version of the node image that kind 0.33 takes by itself.
    version: '1.37.0',
    range: '>=1.28.0 <2',
    ask: { args: ['version', '--client'], pattern: /Client Version: v?(\d+\.\d+\.\d+)/ },
    go: null,
    download: {
      url: 'https://dl.k8s.io/release/v{version}/bin/{os}/{arch}/kubectl',
      redirects: ['cdn.dl.k8s.io'],
      member: null,
      sha256: {
        'linux/amd64': '6129359f4e1f3848a5572ccb0b26cf28b8ca08cef38c95a765b2f64a2c961a2f',
        'linux/arm64': '922df28df248cc00a9e025f947704f1d1482de64ece54cfe57e61f19eaf1eef3',
        'darwin/amd64': 'd5276c0f4fde77fc446070290f345944a7f1fda153df6b960e5fde93b7a9bccd',
        'darwin/arm64': '583beedaebe422e71d3f1a96acef8b1fef86ea2f09a45ad01aa6c9ce287c1380',
      },
    },
  },
  kustomize: {
    version: '5.8.1',
    range: '>=5.0.0 <6',
    ask: { args: ['version'], pattern: anyVersion },
    mayBeSilent: true,
    go: { module: 'sigs.k8s.io/kustomize/kustomize/v{major}' },
    download: {
      url: 'https://github.com/kubernetes-sigs/kustomize/releases/download/kustomize%2Fv{version}/kustomize_v{version}_{os}_{arch}.tar.gz',
      redirects: github,
      member: 'kustomize',
      sha256: {
        'linux/amd64': '029a7f0f4e1932c52a0476cf02a0fd855c0bb85694b82c338fc648dcb53a819d',
        'linux/arm64': '0953ea3e476f66d6ddfcd911d750f5167b9365aa9491b2326398e289fef2c142',
        'darwin/amd64': 'ee7cf0c1e3592aa7bb66ba82b359933a95e7f2e0b36e5f53ed0a4535b017f2f8',
        'darwin/arm64': '8886f8a78474e608cc81234f729fda188a9767da23e28925802f00ece2bab288',
      },
    },
  },
  'setup-envtest': {
    version: '0.25.1',
    range: '>=0.19.0 <1',
    ask: { args: ['version'], pattern: anyVersion },
    mayBeSilent: true,
    go: { module: 'sigs.k8s.io/controller-runtime/tools/setup-envtest' },
    download: {
      url: 'https://github.com/kubernetes-sigs/controller-runtime/releases/download/v{version}/setup-envtest-{os}-{arch}',
      redirects: github,
      member: null,
      sha256: {
        'linux/amd64': '531726d9a1d9e4c5661e22ab90186e186f5dbebbc109b13333fa7e237068f06d',
        'linux/arm64': '91df5abb84e60b8e20fe9d40e86beaabb49b176a1ed77a13e6caa06d7b0acf6c',
        'darwin/amd64': 'f1cf04940d7d686c0c32fc755e08e4d4833c129f9d3dcd07a45df495567a9024',
        'darwin/arm64': '6110a436b854b205eb3771c72622fcbec17ffffea6c3fca64f8c2ebb2e780053',
      },
    },
  },
  chainsaw: {
    version: '0.2.14',
    range: '>=0.2.10 <1',
    ask: { args: ['version'], pattern: anyVersion },
    mayBeSilent: true,
    go: { module: 'github.com/kyverno/chainsaw' },
    download: {
      url: 'https://github.com/kyverno/chainsaw/releases/download/v{version}/chainsaw_{os}_{arch}.tar.gz',
      redirects: github,
      member: 'chainsaw',
      sha256: {
        'linux/amd64': 'f2f4a3f9a541d65db12f5c910950758f7d56fae20ad5b1272cdc271c9568443e',
        'linux/arm64': 'b6494b71e490ab825890fc12cc575de7f59bfa637d5cfe73c66987e4454e397c',
        'darwin/amd64': '983ce0e4ff32a2112481833d7be4e0a0f0530fadba630fa93d3a635539bc1db0',
        'darwin/arm64': 'ff806554a15e12faca08b54d373a61e27808f40c34208248924f7b71a301f786',
      },
    },
  },
  ko: {
    version: '0.19.1',
    range: '>=0.15.0 <1',
    ask: { args: ['version'], pattern: anyVersion },
    mayBeSilent: true,
    go: { module: 'github.com/google/ko' },
    download: {
      url: 'https://github.com/ko-build/ko/releases/download/v{version}/ko_{version}_{os}_{arch}.tar.gz',
      redirects: github,
      member: 'ko',
      spelling: { linux: 'Linux', darwin: 'Darwin', amd64: 'x86_64' },
      sha256: {
        'linux/amd64': '635ac6ea3fd376c935fee597fbb29ab2c2449f49ef1655085fe3aa9c25fed7a5',
        'linux/arm64': '4099b2d1170d3b8a70e049237462efc2dd14d5fa30e9d2e5e108fb4f778cdd3f',
        'darwin/amd64': '1b4ed52a5e506a55b085c7f106eb743ee756c776cc90fa232a539a47ad665310',
        'darwin/arm64': 'a1338c4140c8c94e789733e21b161a3de177b467cd3c388b634fe1a869574509',
      },
    },
  },
  syft: {
    version: '1.48.0',
    range: '>=1.20.0 <2',
    ask: { args: ['version'], pattern: /^Version:\s+v?(\d+\.\d+\.\d+\S*)/m },
    mayBeSilent: true,
    go: { module: 'github.com/anchore/syft', package: 'cmd/syft' },
    download: {
      url: 'https://github.com/anchore/syft/releases/download/v{version}/syft_{version}_{os}_{arch}.tar.gz',
      redirects: github,
      member: 'syft',
      sha256: {
        'linux/amd64': '6cef9a7f37220d9067eaf9cfaaa2fce986e9f320a8d42cbc36658c99af78ea04',
        'linux/arm64': '6865a3d97c4e28b4b38571c17a2bf512da4494ef1d37613c3122fce0d67e63b0',
        'darwin/amd64': 'dc7b2135fa5591003596df4ddb3408f499b68174f5e7dc1c77a373b753463182',
        'darwin/arm64': 'fef3e6d5df336a0a4c3e421e503119d1e221cf82a3ef5e426a791fcd81667e87',
      },
    },
  },
} as const satisfies Readonly<Record<string, Tool>>;

export type ToolName = keyof typeof tools;

/** This machine in Go's terms; null where the action has no downloads for it. */
export function hostPlatform(os: NodeJS.Platform, arch: NodeJS.Architecture): Platform | null {
  if (os !== 'linux' && os !== 'darwin') return null;
  if (arch === 'x64') return `${os}/amd64`;
  return arch === 'arm64' ? `${os}/arm64` : null;
}
