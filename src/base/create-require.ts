import nodeModule from 'node:module';

/** Node's own. By this name, for webpack puts something else in the place of `createRequire` where it is imported. */
export const createRequireFrom: typeof nodeModule.createRequire = nodeModule.createRequire;
