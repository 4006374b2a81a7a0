import type { Finding } from '../engine/outcome.ts';
import { instructionsOf } from '../facts/dockerfile.ts';
import type { Instruction } from '../facts/dockerfile.ts';

interface Stage {
  readonly from: string;
  readonly name: string | null;
  readonly line: number;
  readonly instructions: readonly Instruction[];
}

/**
 * What an operator's image should not be, all of it warnings: a manager that runs as root or that kubelet cannot tell not
 * to be root, one that never sees SIGTERM and so keeps its lease, and bases and downloads that change under the same name.
 * `target`: the stage that is built, null for the last one; `file`: from the repository's root.
 */
export function lintDockerfile(text: string, target: string | null, file: string): readonly Finding[] {
  const stages = stagesOf(text);
  const index = target === null ? stages.length - 1 : stages.findIndex(({ name }) => name === target);
  const chain = chainOf(stages, index);
  const used = chain.flatMap(({ instructions }) => instructions);
  return [...userOf(chain, used), ...commandOf(used), ...bases(stages), ...downloads(stages)].map(
    ({ line, message }) => ({
      level: 'warning',
      title: 'Dockerfile',
      message,
      at: { file, line },
    }),
  );
}

type Fault = { readonly line: number; readonly message: string };

function stagesOf(text: string): readonly Stage[] {
  const stages: { from: string; name: string | null; line: number; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsOf(text)) {
    if (instruction.name === 'FROM') {
      const [from = '', , name] = instruction.rest.split(/\s+/).filter((word) => !word.startsWith('--'));
      stages.push({ from, name: name ?? null, line: instruction.line, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push(instruction);
    }
  }
  return stages;
}

/** A stage and those it is made on, the outermost first: it takes over their user and command. */
function chainOf(stages: readonly Stage[], index: number): readonly Stage[] {
  const stage = stages[index];
  if (stage === undefined) return [];
  const base = stages.findIndex(({ name }, other) => other < index && name !== null && name === stage.from);
  return [...(base === -1 ? [] : chainOf(stages, base)), stage];
}

function userOf(chain: readonly Stage[], used: readonly Instruction[]): readonly Fault[] {
  const [base] = chain;
  const last = chain.at(-1);
  const user = used.findLast(({ name }) => name === 'USER');
  if (base === undefined || last === undefined) return [];
  if (user === undefined) {
    if (/nonroot/.test(base.from) || base.from.includes('$')) return [];
    return [
      {
        line: last.line,
        message:
          'no USER, so the manager runs as root where its base image does not say otherwise; add "USER 65532:65532"',
      },
    ];
  }
  const name = user.rest.split(':')[0] ?? '';
  if (name === 'root' || name === '0') {
    return [
      {
        line: user.line,
        message: 'the manager runs as root; a cluster with the restricted Pod Security Standard refuses it',
      },
    ];
  }
  if (/^\d+$/.test(name) || name.includes('$')) return [];
  return [
    {
      line: user.line,
      message: `the user ${name} is a name: with runAsNonRoot kubelet refuses a container unless the user is a number, such as 65532`,
    },
  ];
}

function commandOf(used: readonly Instruction[]): readonly Fault[] {
  const command = used.findLast(({ name }) => name === 'ENTRYPOINT') ?? used.findLast(({ name }) => name === 'CMD');
  if (command === undefined || command.rest.startsWith('[') || /^exec\s/.test(command.rest)) return [];
  const message = `${command.name} without brackets runs in a shell, which keeps SIGTERM from the manager: it is killed without giving back its lease; write ["/manager"]`;
  return [{ line: command.line, message }];
}

/** Images without a tag, or with one that moves by its very meaning. */
function bases(stages: readonly Stage[]): readonly Fault[] {
  return stages.flatMap(({ from, line }, index) => {
    const isStage = stages.some(({ name }, other) => other < index && name !== null && name === from);
    if (isStage || from === 'scratch' || from.includes('$') || from.includes('@')) return [];
    const tag = /:([^/:]+)$/.exec(from)?.[1];
    if (tag !== undefined && tag !== 'latest') return [];
    return [{ line, message: `${from} is whatever is newest when it is built; name a version, or a digest` }];
  });
}

function downloads(stages: readonly Stage[]): readonly Fault[] {
  return stages.flatMap(({ instructions }) =>
    instructions
      .filter(({ name, rest }) => name === 'ADD' && /(?:^|\s)https?:\/\//.test(rest) && !rest.includes('--checksum='))
      .map(({ line }) => ({
        line,
        message: 'ADD of a URL takes whatever is there when it is built; add --checksum=sha256:…',
      })),
  );
}
