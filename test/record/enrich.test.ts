import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/base/errors.ts';
import { type Enricher, enrichRecord } from '../../src/record/enrich.ts';
import { INVOICE_AGENT_RULES } from '../../src/record/invoice-agent-rules.ts';
import { buildRuleEnrichers } from '../../src/record/rule-enrichers.ts';
import { recordOf } from '../support/record-of.ts';
import { sampleTurn } from '../support/sample-turn.ts';

const turn = sampleTurn({ tools: ['search_invoices', 'create_standard_zip'] });
const record = recordOf(turn);

describe('enrichRecord', () => {
  it('leaves the row as it is without enrichers', () => {
    expect(enrichRecord(record, turn, [])).toEqual(record);
  });

  it('costs an enricher that throws its own columns only', () => {
    const problems: string[] = [];
    const enrichers: Enricher[] = [
      {
        name: 'broken',
        enrich() {
          throw new Error('no');
        },
      },
      { name: 'good', enrich: () => ({ detected_intent: 'greeting' }) },
    ];
    const enriched = enrichRecord(record, turn, enrichers, (enricher, problem) =>
      problems.push(`${enricher}: ${problem}`),
    );
    expect(enriched).toEqual({ ...record, detected_intent: 'greeting' });
    expect(problems).toEqual(['broken: no']);
  });

  it('refuses columns and values that are not an enricher’s to give', () => {
    const problems: string[] = [];
    const given = { prompt_token_count: 1, results_count: 1.5, search_filters: null, query_category: 'half \ud800' };
    const careless: Enricher = {
      name: 'careless',
      enrich: () => Object.create(given, Object.getOwnPropertyDescriptors(given)),
    };
    const enriched = enrichRecord(record, turn, [careless], (_, problem) => problems.push(problem));
    expect(enriched).toEqual({ ...record, query_category: 'half \ufffd' });
    expect(problems).toEqual(['no value for prompt_token_count, results_count, search_filters']);
  });

  it('shows each enricher what the ones before it filled', () => {
    const second: Enricher = { name: 'second', enrich: (row) => ({ query_category: `${row.detected_intent}!` }) };
    const enrichers = [...buildRuleEnrichers({ intents: { rules: [], otherwise: 'other' } }), second];
    expect(enrichRecord(record, turn, enrichers).query_category).toBe('other!');
  });
});

describe('the rules of the system before', () => {
  const enrichers = buildRuleEnrichers(INVOICE_AGENT_RULES);

  it('fill the meaning, download and quality columns', () => {
    const answered = {
      ...record,
      user_question: '¿Puedes buscar la factura de abril?',
      agent_response: 'Encontré 12 facturas: http://localhost:8011/a.pdf y http://localhost:8011/b.pdf',
    };
    expect(enrichRecord(answered, turn, enrichers)).toMatchObject({
      detected_intent: 'search_invoice',
      query_category: 'download',
      search_filters: ['date_range'],
      results_count: 12,
      download_requested: true,
      download_type: 'individual',
      pdf_links_provided: 2,
      question_complexity: 'medium',
      user_satisfaction_inferred: 'positive',
      response_quality_score: 1,
    });
  });

  it('do not guess where it is not known whether the turn succeeded', () => {
    const open = { ...record, success: null, error_message: null };
    expect(enrichRecord(open, turn, enrichers).user_satisfaction_inferred).toBeNull();
  });
});

it('refuses a pattern that is no regular expression at start', () => {
  expect(() => buildRuleEnrichers({ resultCounts: ['('] })).toThrow(ConfigurationError);
});
