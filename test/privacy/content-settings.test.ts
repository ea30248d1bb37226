import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/base/errors.ts';
import { resolveConfig } from '../../src/config/resolve-config.ts';
import { resolveContentPolicies } from '../../src/config/resolve-content-policies.ts';
import { CREDENTIAL_DETECTORS, DETECTOR_NAMES } from '../../src/privacy/detectors/detector-names.ts';

const policiesFor = (env: Readonly<Record<string, string>>) =>
  resolveContentPolicies(resolveConfig({ env, configFile: false }).values);

describe('the settings of content', () => {
  it('keep records whole and traces empty by default, and credentials out of traces', () => {
    const { records, traces } = policiesFor({});
    expect(records).toMatchObject({ default: { kind: 'full' }, redaction: { detectors: [] } });
    expect(traces).toMatchObject({ default: { kind: 'none' }, redaction: { detectors: CREDENTIAL_DETECTORS } });
  });

  it.each([
    ['all', DETECTOR_NAMES],
    ['credentials', CREDENTIAL_DETECTORS],
    ['email, rut', ['email', 'rut']],
    ['personal_data,jwt', ['jwt', 'email', 'iban', 'card', 'rut', 'phone']],
  ])('take the detectors %s', (text, detectors) => {
    expect(policiesFor({ SPANLEDGER_REDACT: text }).records.redaction.detectors).toEqual(detectors);
  });

  it.each([
    ['SPANLEDGER_REDACT', 'emial'],
    ['SPANLEDGER_CONTENT', 'nnoe'],
    ['SPANLEDGER_TRACES_CONTENT', 'truncate(-1)'],
  ])('do not start with a bad %s: to ignore it would let content out', (variable, value) => {
    expect(() => policiesFor({ [variable]: value })).toThrow(ConfigurationError);
    expect(() => policiesFor({ [variable]: value })).toThrow(variable);
  });

  it.each([
    ['truncate(20)', { kind: 'truncate', maxCodePoints: 20 }],
    ['hash', { kind: 'hash' }],
    ['none', { kind: 'none' }],
  ])('take the mode %s', (text, mode) => {
    expect(policiesFor({ SPANLEDGER_CONTENT: text }).records.default).toEqual(mode);
  });
});
