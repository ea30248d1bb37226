import { generateKeyPairSync } from 'node:crypto';
import { JWT } from 'google-auth-library';

/** A service account that signs its own tokens, so that the real authentication runs without a token server. */
export function createTestAuthClient(): JWT {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return new JWT({
    email: 'test@test-project.iam.example.test',
    key: privateKey,
    scopes: ['https://www.googleapis.com/auth/bigquery'],
    universeDomain: 'example.test',
  });
}
