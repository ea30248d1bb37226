import { findApiKeys } from './api-key.ts';
import { findBasicAuth, findBearerTokens } from './authorization.ts';
import { findCards } from './card.ts';
import { findConnectionStrings } from './connection-string.ts';
import type { Detector } from './detector.ts';
import { findEmails } from './email.ts';
import { findIbans } from './iban.ts';
import { findJwts } from './jwt.ts';
import { findPhones } from './phone.ts';
import { findPrivateKeys } from './private-key.ts';
import { findRuts } from './rut.ts';
import { findUrlPasswords } from './url-password.ts';

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

export const DETECTORS: Readonly<Record<DetectorName, Detector>> = {
  private_key: findPrivateKeys,
  connection_string: findConnectionStrings,
  url_password: findUrlPasswords,
  jwt: findJwts,
  api_key: findApiKeys,
  basic_auth: findBasicAuth,
  bearer_token: findBearerTokens,
  email: findEmails,
  iban: findIbans,
  card: findCards,
  rut: findRuts,
  phone: findPhones,
};
