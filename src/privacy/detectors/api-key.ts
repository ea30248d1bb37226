import { findMatches, type TextRange } from '../text-range.ts';
import { LONG_TOKEN } from './long-token.ts';

/**
 * Keys that can be told by their own form, by provider. Bodies are as long as the providers make them, so that words
 * such as `sk-fading-circle` stay. Publishable keys (`pk_live_…`) are not secrets.
 */
const KEY_FORMS: readonly string[] = [
  'sk-(?:proj|svcacct|admin|service|None|ant|or|lf)-[\\w-]{20,}', // OpenAI, Anthropic, OpenRouter, Langfuse
  'sk-(?=[A-Za-z]{0,63}\\d)[A-Za-z0-9]{32,}', // OpenAI (older), DeepSeek
  'sk_[0-9a-f]{48}', // ElevenLabs
  'AIza[\\w-]{35}', // Google API keys
  'AQ\\.Ab[\\w-]{30,}', // Google AI Studio
  'ya29\\.[\\w-]{20,}', // Google OAuth
  'GOCSPX-[\\w-]{20,}', // Google OAuth clients
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}', // AWS
  'gh[pousr]_[A-Za-z0-9]{36,}', // GitHub
  'github_pat_[A-Za-z0-9_]{50,}',
  'gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[\\w-]{20,}', // GitLab
  'xox[abeoprs]-(?=[A-Za-z-]{0,63}\\d)[A-Za-z0-9-]{20,}', // Slack
  'xapp-\\d-[A-Za-z0-9-]{20,}',
  '(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}', // Stripe
  'SG\\.[\\w-]{16,32}\\.[\\w-]{32,64}', // SendGrid
  'SK[0-9a-f]{32}', // Twilio
  'key-[0-9a-f]{32}', // Mailgun
  'npm_[A-Za-z0-9]{36}',
  'pypi-AgE[\\w-]{50,}',
  'hf_[A-Za-z]{34}', // Hugging Face
  'hf_(?=[A-Za-z]{0,33}\\d)[A-Za-z0-9]{34,}',
  'gsk_[A-Za-z0-9]{48,}', // Groq
  'r8_[A-Za-z0-9]{37,}', // Replicate
  'pplx-[A-Za-z0-9]{40,}', // Perplexity
  'xai-[A-Za-z0-9]{70,}',
  'nvapi-[\\w-]{60,}',
  'pcsk_[A-Za-z0-9_]{40,}', // Pinecone
  'tvly-(?:dev-|prod-)?[A-Za-z0-9]{28,}', // Tavily
  'fc-[0-9a-f]{32}', // Firecrawl
  'lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}', // LangSmith
  'co_[A-Za-z0-9]{38,}',
  'do[opr]_v1_[0-9a-f]{64}', // DigitalOcean
  'dapi[0-9a-f]{32}', // Databricks
  'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}', // Shopify
  'lin_(?:api|oauth)_[A-Za-z0-9]{32,}', // Linear
  'ntn_[A-Za-z0-9]{40,}', // Notion
  'secret_[A-Za-z0-9]{43}',
  'sb(?:p_[0-9a-f]{40}|_secret_[\\w-]{20,})', // Supabase
  'sq0(?:atp|csp)-[\\w-]{22,}', // Square
  'EAAA[\\w-]{60}',
  'NRAK-[A-Z0-9]{27}', // New Relic
  'glsa_[A-Za-z0-9_]{32,}', // Grafana
  'PMAK-[0-9a-f]{24}-[0-9a-f]{34}', // Postman
  'pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}', // Airtable
  'hv[sb]\\.[\\w-]{24,}', // Vault
  '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w-]{60,}', // Terraform
  'dp\\.(?:pt|st|ct|sa)\\.[A-Za-z0-9._-]{40,}', // Doppler
  'vercel_[A-Za-z0-9_]{24,}',
  'vc[pikar]_[A-Za-z0-9]{40,}', // Vercel
  'AGE-SECRET-KEY-1[0-9A-Z]{58}',
];

const KEY = new RegExp(`(?<![A-Za-z0-9])(?:${KEY_FORMS.join('|')})(?![A-Za-z0-9])`, 'g');

/** Keys with characters that also part words: looked for only where the text has their mark. */
const MARKED_FORMS: readonly { readonly mark: string; readonly pattern: RegExp }[] = [
  { mark: 'ABSK', pattern: /(?<![A-Za-z0-9])ABSK[A-Za-z0-9+/]{60,}/g }, // AWS Bedrock
  { mark: '1//0', pattern: /(?<![A-Za-z0-9])1\/\/0[\w-]{30,}/g }, // Google refresh tokens
  { mark: 'hooks.slack.com', pattern: /hooks\.slack\.com\/services\/T\w{1,20}\/B\w{1,20}\/\w{16,}/g },
  { mark: 'whsec_', pattern: /(?<![A-Za-z0-9])whsec_[A-Za-z0-9+/]{24,}/g }, // Stripe, Svix
  { mark: 'sntry', pattern: /(?<![A-Za-z0-9])sntry[su]_[\w+/=-]{40,}/g }, // Sentry
  { mark: 'glc_', pattern: /(?<![A-Za-z0-9])glc_[\w+/=]{32,}/g }, // Grafana Cloud
  { mark: ':AA', pattern: /(?<!\d)\d{8,10}:AA[\w-]{33}(?![A-Za-z0-9])/g }, // Telegram bots
];

/** API keys and tokens of well-known providers. */
export function findApiKeys(text: string): readonly TextRange[] {
  const ranges: TextRange[] = [];
  for (const token of text.matchAll(LONG_TOKEN)) {
    for (const match of token[0].matchAll(KEY)) {
      const start = token.index + match.index;
      ranges.push({ start, end: start + match[0].length });
    }
  }
  for (const { mark, pattern } of MARKED_FORMS) {
    if (text.includes(mark)) ranges.push(...findMatches(pattern, text));
  }
  return ranges;
}
