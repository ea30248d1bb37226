import type { Attributes } from '../../spans/span-snapshot.ts';

type Node = Map<string, unknown>;

const MAX_DEPTH = 12;

/**
 * Lists that an instrumentation flattened into attribute keys, `PREFIX.0.message.role` and so on: their items in
 * index order, gaps closed. Built objects have no prototype, so hostile keys stay keys.
 */
export function unflatten(attributes: Attributes, prefix: string): readonly unknown[] {
  const root: Node = new Map();
  const start = `${prefix}.`;
  for (const key of Object.keys(attributes)) {
    if (!key.startsWith(start)) continue;
    const path = key.slice(start.length).split('.', MAX_DEPTH + 1);
    if (path.length <= MAX_DEPTH) put(root, path, attributes[key]);
  }
  const list = build(root);
  return Array.isArray(list) ? list : [];
}

function put(root: Node, path: readonly string[], value: unknown): void {
  let at = root;
  for (const key of path.slice(0, -1)) {
    const known = at.get(key);
    const below: Node = known instanceof Map ? known : new Map();
    at.set(key, below);
    at = below;
  }
  const last = path.at(-1) ?? '';
  if (!(at.get(last) instanceof Map)) at.set(last, value);
}

/** A node whose every key is an index becomes a list. */
function build(value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  const node: Node = value;
  const keys = [...node.keys()];
  if (keys.length > 0 && keys.every((key) => /^\d{1,9}$/.test(key))) {
    return keys.sort((a, b) => Number(a) - Number(b)).map((key) => build(node.get(key)));
  }
  const built: Record<string, unknown> = Object.create(null);
  for (const key of keys) built[key] = build(node.get(key));
  return built;
}
