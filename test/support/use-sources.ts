// Preloaded into the examples (`node --import`): `spanledger` is the sources that are tested, not an earlier build.
import { registerHooks } from 'node:module';

const SOURCES = new Map(
  ['index', 'instrument', 'adk', 'zip'].map((name) => [
    name === 'index' ? 'spanledger' : `spanledger/${name}`,
    new URL(`../../src/${name}.ts`, import.meta.url).href,
  ]),
);

registerHooks({
  resolve: (specifier, context, next) => next(SOURCES.get(specifier) ?? specifier, context),
});
