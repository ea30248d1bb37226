/** What instrumentations and scrubbers write in place of content and ids. */
const PLACEHOLDER = /^(?:null|\[redacted\]|<redacted>|__redacted__|hidden:(?:non-)?empty|\[scrubbed due to [^\]]*\])$/i;

/** How Python shows an object: a class and its first field, which holds an object, a list or a text. */
const PYTHON_OBJECT = /^<?[A-Z]\w*\(_?[a-z]\w*=(?:[<[({'"]|None\b|[A-Z]\w*\()/;

/** How Python shows LangChain's messages. */
const PYTHON_MESSAGE = /^content=['"].* additional_kwargs=\{/s;

/** Longer than any placeholder. */
const LONGEST_PLACEHOLDER = 80;

/** Whether a text is somebody's words, or an id: neither a placeholder nor an object that Python wrote as text. */
export function isSaid(text: string): boolean {
  if (text === '' || PYTHON_OBJECT.test(text) || PYTHON_MESSAGE.test(text)) return false;
  return text.length > LONGEST_PLACEHOLDER || !PLACEHOLDER.test(text);
}
