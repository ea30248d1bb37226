let loaded: typeof import('node:sqlite') | undefined;

/**
 * Loads `node:sqlite` when it is first used, without the warning of Node 22 that the module is experimental: it tells
 * the host's operators nothing that they could act on.
 */
export function loadSqlite(): typeof import('node:sqlite') {
  if (loaded !== undefined) return loaded;
  // Nothing else can run before the original is back, so that no other warning is lost.
  const emitWarning = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    loaded = process.getBuiltinModule('node:sqlite');
    return loaded;
  } finally {
    process.emitWarning = emitWarning;
  }
}
