import { MissingPackageError } from './errors.ts';

/**
 * Loads an optional package.
 *
 * @param load `() => import('the-package')`, so that bundlers and types see the name
 * @throws {MissingPackageError} where it is not installed
 */
export async function importPackage<T>(packageName: string, neededFor: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (isNotFound(error, packageName)) throw new MissingPackageError(packageName, neededFor, { cause: error });
    throw error;
  }
}

/** A package that is there but lacks one of its own says the same code with another name. */
function isNotFound(error: unknown, packageName: string): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const isMissing = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND';
  return isMissing && error.message.includes(packageName);
}
