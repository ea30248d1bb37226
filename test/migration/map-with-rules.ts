import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { enrichRecord } from '../../src/record/enrich.ts';
import { INVOICE_AGENT_RULES } from '../../src/record/invoice-agent-rules.ts';
import { buildRuleEnrichers } from '../../src/record/rule-enrichers.ts';
import type { Turn } from '../../src/spans/turn.ts';
import { recordOf } from '../support/record-of.ts';

const ENRICHERS = buildRuleEnrichers(INVOICE_AGENT_RULES);

/** The span mapping as a team that comes from the old tracker configures it. */
export function mapWithRules(turn: Turn): ConversationRecord {
  return enrichRecord(recordOf(turn), turn, ENRICHERS);
}
