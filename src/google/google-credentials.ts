import { importPackage } from '../base/import-package.ts';

/**
 * Gets a token with the Application Default Credentials, and says whose they are. The token is not shown.
 *
 * @throws {MissingPackageError} where google-auth-library is not installed
 * @throws what the library found wrong, e.g. that there are none
 */
export async function describeCredentials(): Promise<string> {
  const { GoogleAuth } = await importPackage(
    'google-auth-library',
    'Google Cloud credentials',
    () => import('google-auth-library'),
  );
  const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' });
  const client = await auth.getClient();
  await client.getAccessToken();
  const { client_email: account } = await auth.getCredentials().catch(() => ({ client_email: undefined }));
  return account ?? `of the type ${client.constructor.name}`;
}
