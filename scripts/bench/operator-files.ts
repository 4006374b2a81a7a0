/** Path and text of a file. */
export type File = readonly [path: string, text: string];

/** Go modules that all operators share, one level on top of the other. */
const commonModules = ['api', 'clients', 'reconcile', 'testing'];

export function operatorName(index: number): string {
  return `op${index}`;
}

/** Operators with an even number are kubebuilder projects with a chart; the others share one Dockerfile and one folder of charts. */
function isProject(index: number): boolean {
  return index % 2 === 0;
}

/** Everything but what the last commit changes. */
export function* baseFiles(operators: number): Iterable<File> {
  const numbers = Array.from({ length: operators }, (_, index) => index);
  yield ['README.md', '# Many operators\n'];
  yield [
    'Dockerfile',
    dockerfile('ARG OPERATOR\nCOPY internal internal\nCOPY operators/$OPERATOR operators/$OPERATOR'),
  ];
  yield [
    'go.work',
    `go 1.24\n\nuse (\n${[...commonModules.map((name) => `internal/${name}`), ...numbers.map((index) => folderOf(index))].map((folder) => `\t./${folder}\n`).join('')})\n`,
  ];
  yield ['.github/operator-release.yaml', configuration(numbers.filter((index) => !isProject(index)))];
  for (const [index, name] of commonModules.entries()) {
    const below = commonModules[index - 1];
    yield [
      `internal/${name}/go.mod`,
      `module example.com/many/internal/${name}\n\ngo 1.24\n${below === undefined ? '' : `\nrequire example.com/many/internal/${below} v0.0.0\n\nreplace example.com/many/internal/${below} => ../${below}\n`}`,
    ];
    yield [`internal/${name}/doc.go`, `package ${name}\n`];
  }
  for (const index of numbers) yield* isProject(index) ? project(index) : plain(index);
}

/** What the last commit changes: mostly code of the operators, of the common modules one file in fifty, documentation one in ten. */
export function* changedFiles(operators: number, count: number, version: number): Iterable<File> {
  for (let number = 0; number < count; number++) {
    const common = commonModules[number % commonModules.length] ?? 'api';
    const folder = folderOf(number % operators);
    if (number % 50 === 3)
      yield [`internal/${common}/file${number}.go`, `package ${common}\n\nconst version${number} = ${version}\n`];
    else if (number % 10 === 4) yield [`${folder}/docs/page${number}.md`, `# ${version}\n`];
    else
      yield [
        `${folder}/internal/controller/file${number}.go`,
        `package controller\n\nconst version${number} = ${version}\n`,
      ];
  }
}

function folderOf(index: number): string {
  return `operators/${operatorName(index)}`;
}

function* project(index: number): Iterable<File> {
  const name = operatorName(index);
  const folder = folderOf(index);
  yield [
    `${folder}/PROJECT`,
    `domain: example.com\nlayout:\n- go.kubebuilder.io/v4\nprojectName: ${name}\nrepo: example.com/many/${folder}\nversion: "3"\n`,
  ];
  yield [`${folder}/Dockerfile`, dockerfile('COPY . .')];
  yield [
    `${folder}/Makefile`,
    '.PHONY: manifests generate test\nmanifests: controller-gen\n\ttrue\ngenerate: controller-gen\n\ttrue\ntest: manifests generate\n\tgo test ./...\ncontroller-gen:\n\ttrue\n',
  ];
  yield [`${folder}/config/default/kustomization.yaml`, 'resources:\n- ../crd\n- ../manager\n'];
  yield [
    `${folder}/config/samples/sample.yaml`,
    `apiVersion: example.com/v1\nkind: Thing${index}\nmetadata:\n  name: sample\n`,
  ];
  yield [`${folder}/test/e2e/e2e_test.go`, 'package e2e\n\nimport "testing"\n\nfunc TestManager(t *testing.T) {}\n'];
  yield* chart(`${folder}/dist/chart`, name);
  yield* code(index);
}

function* plain(index: number): Iterable<File> {
  yield* chart(`charts/${operatorName(index)}`, operatorName(index));
  yield* code(index);
}

function* chart(folder: string, name: string): Iterable<File> {
  yield [
    `${folder}/Chart.yaml`,
    `apiVersion: v2\nname: ${name}\nversion: 0.1.0\nappVersion: 0.1.0\ntype: application\n`,
  ];
  yield [`${folder}/values.yaml`, `image:\n  repository: example.com/${name}\n  tag: ""\nreplicas: 1\n`];
  yield [`${folder}/templates/deployment.yaml`, `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n`];
}

function* code(index: number): Iterable<File> {
  const folder = folderOf(index);
  const top = commonModules.at(index % 3 === 0 ? -1 : -2) ?? 'api';
  yield [
    `${folder}/go.mod`,
    `module example.com/many/${folder}\n\ngo 1.24\n\nrequire (\n\texample.com/many/internal/${top} v0.0.0\n\tk8s.io/api v0.34.0\n\tk8s.io/apimachinery v0.34.0\n\tk8s.io/client-go v0.34.0\n\tsigs.k8s.io/controller-runtime v0.22.0\n)\n\nreplace example.com/many/internal/${top} => ../../internal/${top}\n`,
  ];
  yield [`${folder}/cmd/main.go`, 'package main\n\nfunc main() {}\n'];
  yield [`${folder}/api/v1/types.go`, `package v1\n\ntype Thing${index} struct{}\n`];
  yield [
    `${folder}/config/crd/bases/example.com_things.yaml`,
    `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things${index}.example.com\n`,
  ];
}

function dockerfile(copies: string): string {
  return `FROM --platform=$BUILDPLATFORM golang:1.24 AS builder\nARG TARGETOS\nARG TARGETARCH\nWORKDIR /workspace\n${copies}\nRUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o manager ./cmd\n\nFROM gcr.io/distroless/static:nonroot\nCOPY --from=builder /workspace/manager .\nENTRYPOINT ["/manager"]\n`;
}

/** What discovery cannot know: the shared Dockerfile, charts that are elsewhere, and shared scripts. */
function configuration(plainOperators: readonly number[]): string {
  const entries = plainOperators.map((index) => {
    const name = operatorName(index);
    return `  - name: ${name}\n    path: ${folderOf(index)}\n    image:\n      dockerfile: Dockerfile\n      context: .\n      buildArgs: { OPERATOR: ${name} }\n    chart:\n      path: charts/${name}\n`;
  });
  return `defaults:\n  watch: ['hack/{operator}/**', 'hack/*.sh']\noperators:\n${entries.join('')}`;
}
