/** Unbroken text of the length of a secret: where keys and tokens are looked for, so that prose costs one scan. */
export const LONG_TOKEN: RegExp = /(?<![\w.-])[\w.-]{20,}/g;
