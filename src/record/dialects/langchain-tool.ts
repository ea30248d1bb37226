// What LangChain's own classes are called; the application's name of the tool stands in the messages.
const CLASSES: ReadonlySet<string> = new Set(['DynamicStructuredTool', 'DynamicTool', 'StructuredTool', 'Tool']);

/** The name that the application gave a tool; `undefined` where an instrumentation wrote the name of its class. */
export function applicationTool(name: string | undefined): string | undefined {
  return name !== undefined && CLASSES.has(name) ? undefined : name;
}
