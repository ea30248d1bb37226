/** Secrets that give access. */
export const CREDENTIAL_DETECTORS = [
  'private_key',
  'connection_string',
  'url_password',
  'jwt',
  'api_key',
  'basic_auth',
  'bearer_token',
] as const;

/** What tells a person or an account. */
export const PERSONAL_DATA_DETECTORS = ['email', 'iban', 'card', 'rut', 'phone'] as const;

export type DetectorName = (typeof CREDENTIAL_DETECTORS)[number] | (typeof PERSONAL_DATA_DETECTORS)[number];

/** Every detector; where two find the same place, the one that stands first here names it. */
export const DETECTOR_NAMES: readonly DetectorName[] = [...CREDENTIAL_DETECTORS, ...PERSONAL_DATA_DETECTORS];
