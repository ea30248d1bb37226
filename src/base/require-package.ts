import { join } from 'node:path';
import { createRequireFrom } from './create-require.ts';
import { MissingPackageError } from './errors.ts';

/**
 * Loads a dependency when it is needed, without waiting: a start that does not need it does not pay for it. In a bundle
 * it is resolved from where the application runs; as CommonJS, the bundle has no URL of its own.
 *
 * @throws {MissingPackageError} where a bundle runs without the package
 */
export function requirePackage<Exports>(packageName: string, neededFor: string): Exports {
  const bundleUrl: string | undefined = import.meta.url;
  try {
    return createRequireFrom(bundleUrl ?? join(process.cwd(), 'package.json'))(packageName);
  } catch (error) {
    throw new MissingPackageError(packageName, `${neededFor} in a bundle`, { cause: error });
  }
}
