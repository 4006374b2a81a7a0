import {
  EVENT_ID,
  NOT_RESOLVED,
  SCALAR_STYLE,
  YAMLException,
  boolCoreTag,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  nullCoreTag,
  parseEvents,
} from 'js-yaml';
import type { Event, ScalarEvent } from 'js-yaml';
import { Problem, messageOf, raise } from '../errors.ts';
import type { Place } from '../errors.ts';

/** A value with the place where it is written. `size` counts nodes with every alias spelt out. */
export interface YamlNode {
  readonly value: unknown;
  /** Offset in the text. */
  readonly offset: number;
  readonly size: number;
  /** As it is written, for a plain (unquoted) scalar: `1.10` where `value` is 1.1. */
  readonly plain?: string;
  readonly items?: readonly YamlNode[];
  readonly entries?: ReadonlyMap<string, YamlEntry>;
}

export interface YamlEntry {
  readonly keyOffset: number;
  readonly node: YamlNode;
}

/** 1 MiB; a configuration of 500 operators has a tenth of it. */
const maxLength = 1024 * 1024;
/** Nodes after aliases are spelt out: what stops a few nested anchors from becoming billions of values. */
const maxNodes = 250_000;
/** Keys that JavaScript's objects treat specially. */
const reservedKeys = new Set(['__proto__', 'constructor', 'prototype']);
/** What YAML 1.2's core schema makes of a plain scalar; a text when none fits. */
const coreTags = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag];

/**
 * Reads one YAML 1.2 document (core schema) with the place of every node; undefined for an empty file.
 * js-yaml's `load` knows no places, so this composes the values from its events.
 * Errors: OR-CONFIG-YAML, all of them together where the syntax lets one read on.
 */
export function parseYaml(text: string, file: string): YamlNode | undefined {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (source.length > maxLength) {
    throw new Problem('OR-CONFIG-YAML', `${file} is larger than ${maxLength / 1024} KiB`, { at: { file } });
  }
  const composer = new Composer(events(source, file), source, file);
  const root = composer.document();
  raise(composer.problems);
  if (root !== undefined && root.size > maxNodes) {
    throw new Problem('OR-CONFIG-YAML', `its aliases spell out to more than ${maxNodes} values`, {
      hint: 'write the values out, or move what operators share to "defaults"',
      at: placeAt(source, root.offset, file),
    });
  }
  return root;
}

/** 1-based line and column of an offset. */
export function placeAt(text: string, offset: number, file: string): Place {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

function events(source: string, file: string): readonly Event[] {
  try {
    return parseEvents(source, { filename: file });
  } catch (error) {
    const mark = error instanceof YAMLException ? error.mark : undefined;
    const reason = error instanceof YAMLException ? error.reason : messageOf(error);
    throw new Problem('OR-CONFIG-YAML', `not valid YAML: ${reason}`, {
      at: mark === undefined ? { file } : { file, line: mark.line + 1, column: mark.column + 1 },
      ...(reason.includes('tab') ? { hint: 'indent with spaces' } : {}),
      cause: error,
    });
  }
}

class Composer {
  readonly problems: Problem[] = [];
  readonly #events: readonly Event[];
  readonly #source: string;
  readonly #file: string;
  /** null while the anchored node itself is still open. */
  readonly #anchors = new Map<string, YamlNode | null>();
  #next = 0;

  constructor(events: readonly Event[], source: string, file: string) {
    this.#events = events;
    this.#source = source;
    this.#file = file;
  }

  document(): YamlNode | undefined {
    if (this.#events.length === 0) return undefined;
    this.#next = 1;
    const root = this.#node(0);
    this.#next += 1;
    if (this.#next < this.#events.length) {
      this.#next += 1;
      this.#refuse(this.#node(root.offset).offset, 'a second YAML document; one file holds one configuration');
    }
    return root.plain === '' ? undefined : root;
  }

  #refuse(offset: number, message: string, hint?: string): void {
    const at = placeAt(this.#source, offset, this.#file);
    this.problems.push(new Problem('OR-CONFIG-YAML', message, hint === undefined ? { at } : { at, hint }));
  }

  /** `fallback` is the place of a value that is not written at all. */
  #node(fallback: number): YamlNode {
    const event = this.#events[this.#next++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.#anchored(event, () => this.#scalar(event, fallback));
      case EVENT_ID.SEQUENCE:
        return this.#anchored(event, () => this.#sequence(event.start));
      case EVENT_ID.MAPPING:
        return this.#anchored(event, () => this.#mapping(event.start));
      case EVENT_ID.ALIAS:
        return this.#alias(this.#source.slice(event.anchorStart, event.anchorEnd), event.anchorStart - 1);
      default:
        return { value: null, offset: fallback, size: 1 };
    }
  }

  #anchored(event: Exclude<Event, { type: 1 | 5 | 6 }>, compose: () => YamlNode): YamlNode {
    const tag = event.tagStart < 0 ? '' : this.#source.slice(event.tagStart, event.tagEnd);
    if (tag !== '' && !(tag === '!!str' && event.type === EVENT_ID.SCALAR)) {
      this.#refuse(event.tagStart, `the tag ${tag} means nothing here`, 'remove it');
    }
    const name = event.anchorStart < 0 ? undefined : this.#source.slice(event.anchorStart, event.anchorEnd);
    if (name !== undefined) this.#anchors.set(name, null);
    const node = compose();
    if (name !== undefined) this.#anchors.set(name, node);
    return node;
  }

  #alias(name: string, offset: number): YamlNode {
    const target = this.#anchors.get(name);
    if (target === undefined) this.#refuse(offset, `the alias *${name} has no anchor &${name} before it`);
    if (target === null) this.#refuse(offset, `the alias *${name} is inside of what it stands for`);
    return target ?? { value: null, offset, size: 1 };
  }

  #scalar(event: ScalarEvent, fallback: number): YamlNode {
    const offset = event.valueStart < 0 ? fallback : event.valueStart;
    const text = event.valueStart < 0 ? '' : getScalarValue(this.#source, event);
    if (event.style !== SCALAR_STYLE.PLAIN || event.tagStart >= 0) {
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      return { value: text, offset: quoted ? offset - 1 : offset, size: 1 };
    }
    for (const tag of coreTags) {
      const value: unknown = tag.resolve(text, false, tag.tagName);
      if (value !== NOT_RESOLVED) return { value, offset, size: 1, plain: text };
    }
    return { value: text, offset, size: 1, plain: text };
  }

  #sequence(offset: number): YamlNode {
    const items: YamlNode[] = [];
    while (!this.#pop()) items.push(this.#node(offset));
    return { value: items.map((item) => item.value), offset, size: sum(items), items };
  }

  #mapping(offset: number): YamlNode {
    const entries = new Map<string, YamlEntry>();
    const value: Record<string, unknown> = {};
    while (!this.#pop()) {
      const key = this.#node(offset);
      const node = this.#node(key.offset);
      const name = key.plain ?? key.value;
      if (typeof name !== 'string' || reservedKeys.has(name)) {
        this.#refuse(key.offset, `${typeof name === 'string' ? name : 'a list or mapping'} cannot be a key`);
      } else if (entries.has(name)) {
        this.#refuse(key.offset, `the key "${name}" is here twice`, `merge it with the one above, or remove one`);
      } else {
        entries.set(name, { keyOffset: key.offset, node });
        value[name] = node.value;
      }
    }
    return { value, offset, size: sum([...entries.values()].map((entry) => entry.node)), entries };
  }

  #pop(): boolean {
    const event = this.#events[this.#next];
    if (event !== undefined && event.type !== EVENT_ID.POP) return false;
    this.#next += 1;
    return true;
  }
}

function sum(nodes: readonly YamlNode[]): number {
  return nodes.reduce((total, node) => total + node.size, 1);
}
