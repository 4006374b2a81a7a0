import type { Tree } from '../fixtures/repos/repo.ts';

/** An operator that builds in seconds: no dependencies, a probe server, one CRD, one chart, one test. */

const moduleFile = 'module example.com/mini-operator\n\ngo 1.26\n';

/** `lease`: the one that it finds; without one it gives up. */
function mainFile(lease: string): string {
  return `// The mini operator serves probes and nothing else.
package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"example.com/mini-operator/internal/health"
)

func main() {
	address := flag.String("health-probe-bind-address", ":8081", "where the probes are served")
	lease := flag.String("lease", "${lease}", "the lease to hold")
	flag.Parse()
	if *lease == "" {
		log.Fatal("no leader lease: memos.mini.example.com is forbidden")
	}
	server := &http.Server{Addr: *address, Handler: health.Handler(), ReadHeaderTimeout: 5 * time.Second}
	log.Printf("serving probes on %s", *address)
	log.Fatal(server.ListenAndServe())
}
`;
}

const healthFile = `// Package health answers probes.
package health

import "net/http"

// Handler answers the probes of the kubelet.
func Handler() http.Handler {
	mux := http.NewServeMux()
	for _, path := range []string{"/healthz", "/readyz"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	}
	return mux
}
`;

/** `status`: what the test expects of a probe. */
function healthTest(status: string): string {
  return `package health

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestProbesAnswer(t *testing.T) {
	for _, path := range []string{"/healthz", "/readyz"} {
		recorder := httptest.NewRecorder()
		Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		if recorder.Code != http.${status} {
			t.Errorf("%s answers %d, want %d", path, recorder.Code, http.${status})
		}
	}
}
`;
}

/** Without BUILDPLATFORM, as kubebuilder writes it; the cache mount makes a second compilation short. */
const dockerfile = `FROM golang:1.26 AS builder
ARG TARGETOS
ARG TARGETARCH
WORKDIR /workspace
COPY go.mod ./
COPY . .
RUN --mount=type=cache,target=/go-cache \\
    GOCACHE=/go-cache CGO_ENABLED=0 GOOS=\${TARGETOS:-linux} GOARCH=\${TARGETARCH} go build -trimpath -ldflags "-s -w" -o manager ./cmd

FROM gcr.io/distroless/static:nonroot
WORKDIR /
COPY --from=builder /workspace/manager .
USER 65532:65532
ENTRYPOINT ["/manager"]
`;

const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: memos.mini.example.com
spec:
  group: mini.example.com
  names: { kind: Memo, listKind: MemoList, plural: memos, singular: memo }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                text: { type: string }
`;

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: &labels
    app.kubernetes.io/name: mini
    app.kubernetes.io/instance: {{ .Release.Name }}
spec:
  replicas: 1
  selector:
    matchLabels: *labels
  template:
    metadata:
      labels: *labels
    spec:
      containers:
        - name: manager
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          ports:
            - { name: probes, containerPort: 8081 }
          livenessProbe:
            httpGet: { path: /healthz, port: probes }
          readinessProbe:
            httpGet: { path: /readyz, port: probes }
            periodSeconds: 1
`;

const chartFile = `apiVersion: v2
name: mini
description: Keeps memos
icon: https://example.com/mini.svg
type: application
version: 0.0.0
appVersion: "0.0.0"
`;

/** All files of the operator in a state in which every check is green. */
export const miniOperator: Tree = {
  PROJECT:
    'domain: example.com\nlayout:\n- go.kubebuilder.io/v4\nprojectName: mini\nrepo: example.com/mini-operator\nversion: "3"\n',
  'go.mod': moduleFile,
  'cmd/main.go': mainFile('memos'),
  'internal/health/health.go': healthFile,
  'internal/health/health_test.go': healthTest('StatusOK'),
  // Several lints may run on the machine of a test; on a runner there is one.
  '.golangci.yml': 'version: "2"\nrun:\n  allow-parallel-runners: true\n',
  Dockerfile: dockerfile,
  '.dockerignore': '.git\ncharts\nconfig\n',
  'config/crd/bases/mini.example.com_memos.yaml': crd,
  'config/samples/mini_v1_memo.yaml':
    'apiVersion: mini.example.com/v1\nkind: Memo\nmetadata:\n  name: memo-sample\nspec:\n  text: milk\n',
  'charts/mini/Chart.yaml': chartFile,
  'charts/mini/values.yaml': 'image:\n  repository: ghcr.io/acme/mini-operator\n  tag: ""\n  pullPolicy: Always\n',
  'charts/mini/crds/memos.yaml': crd,
  'charts/mini/templates/deployment.yaml': deployment,
  'README.md': '# mini-operator\n',
};

/** What breaks one check; to be written over the good files. */
export const faults = {
  lint: {
    'internal/health/health.go': `${healthFile}
// Forget removes a file, and forgets to look whether it could.
func Forget(name string) {
	os.Remove(name)
}
`.replace('import "net/http"', 'import (\n\t"net/http"\n\t"os"\n)'),
  },
  unit: { 'internal/health/health_test.go': healthTest('StatusTeapot') },
  chart: {
    'charts/mini/templates/deployment.yaml': deployment.replace(
      '{{ .Values.image.pullPolicy }}',
      '{{ .Values.image.pull.policy }}',
    ),
  },
  crash: { 'cmd/main.go': mainFile('') },
  noDockerfile: { Dockerfile: null },
  chartWithoutName: { 'charts/mini/Chart.yaml': chartFile.replace('name: mini\n', '') },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string | null>>>>;

const configFile = '.github/operator-release.yaml';

/** No cluster: for what fails, or not, before one is needed. */
export const withoutE2e: Tree = { [configFile]: 'defaults:\n  e2e:\n    enabled: false\n' };

/** An e2e test that says when it has begun and then takes longer than any test waits. */
export const endlessE2e: Tree = {
  [configFile]: 'defaults:\n  e2e:\n    run: touch "$LAB_E2E_BEGUN" && exec sleep 3600\n',
};
