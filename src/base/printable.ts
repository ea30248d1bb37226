// Control characters and directional overrides: text that came from data must not steer the reader's terminal.
const STEERING = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;
// What `JSON.stringify` leaves as it is.
const STEERING_IN_JSON = /[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** Text on one line that a terminal shows and does not obey. */
export function toPrintable(text: string): string {
  return text.replace(STEERING, ' ');
}

/** The value as JSON on one line, harmless in a terminal, equal when parsed. */
export function toJsonLine(value: unknown): string {
  return `${escapeSteering(JSON.stringify(value))}\n`;
}

/** The value as JSON over several lines, harmless in a terminal, equal when parsed. */
export function toJsonText(value: unknown): string {
  return `${escapeSteering(JSON.stringify(value, null, 2))}\n`;
}

function escapeSteering(json: string): string {
  return json.replace(STEERING_IN_JSON, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
