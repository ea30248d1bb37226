import { findApiKeys } from './api-key.ts';
import { findBasicAuth, findBearerTokens } from './authorization.ts';
import { findCards } from './card.ts';
import { findConnectionStrings } from './connection-string.ts';
import type { Detector } from './detector.ts';
import type { DetectorName } from './detector-names.ts';
import { findEmails } from './email.ts';
import { findIbans } from './iban.ts';
import { findJwts } from './jwt.ts';
import { findPhones } from './phone.ts';
import { findPrivateKeys } from './private-key.ts';
import { findRuts } from './rut.ts';
import { findUrlPasswords } from './url-password.ts';

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
