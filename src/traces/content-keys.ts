import type { ContentField } from '../privacy/content-field.ts';

/** What an attribute of a span may hold. */
export type AttributeContent =
  /** Known not to be what people or models said. */
  | 'metadata'
  /** Known content, of the field that governs it. */
  | ContentField
  /** A URL: what stands before its query is metadata. */
  | 'url'
  /** A credential by its name, whatever the policy. */
  | 'credential'
  /** Text that nobody here knows. */
  | 'unknown';

/** Keys that hold content, by dialect; the first that matches counts. */
const CONTENT: readonly (readonly [RegExp, ContentField])[] = [
  [
    /^gen_ai\.(?:tool\.(?:definitions|description|call\.(?:arguments|result))|request\.available_tools)(?:\.|$)/,
    'tools',
  ],
  [/^ai\.(?:toolCall\.(?:args|result)|prompt\.(?:tools|toolChoice)|response\.toolCalls)(?:\.|$)/, 'tools'],
  [/^gcp\.vertex\.agent\.(?:tool_call_args|tool_response)(?:\.|$)/, 'tools'],
  [/^llm\.(?:tools|function_call)(?:\.|$)/, 'tools'],
  [/^tool\.(?:parameters|description|json_schema)(?:\.|$)/, 'tools'],
  [/^spanledger\.raw_mcp_response$/, 'tools'],
  [
    /^gen_ai\.(?:input|output)\.messages(?:\.|$)|^gen_ai\.(?:prompt|completion|system_instructions|response\.(?:text|tool_calls)|agent\.description|content|event\.content)(?:\.|$)/,
    'messages',
  ],
  [/^ai\.(?:prompt|response\.(?:text|object|reasoning|files)|result|value|values|input|output)(?:\.|$)/, 'messages'],
  [/^gcp\.vertex\.agent\.(?:llm_request|llm_response|data)(?:\.|$)/, 'messages'],
  [
    /^(?:input|output)\.value$|^llm\.(?:input_messages|output_messages|prompts|completions|prompt_template|choices)(?:\.|$)/,
    'messages',
  ],
  [
    /^(?:embedding|retrieval|reranker|document)\.(?:.*\.)?(?:text|content|query|documents|metadata|vector)(?:\.|$)/,
    'messages',
  ],
  [/^traceloop\.entity\.(?:input|output)$|^traceloop\.prompt\./, 'messages'],
  [/^langfuse\.(?:observation|trace)\.(?:input|output|metadata)(?:\.|$)/, 'messages'],
  [/^(?:exception|error)\.(?:message|stacktrace|stack)$|^langfuse\.observation\.status_message$/, 'errors'],
  [/^spanledger\.error_message$|^otel\.status_description$/, 'errors'],
];

const CREDENTIAL =
  /(?:^|[._-])(?:authorization|cookie|set-cookie|password|passwd|secret|api[_-]?key|access[_-]?token|client[_-]?secret)$/i;

const URL = /^(?:url\.(?:full|query)|http\.(?:url|target))$/;

/** Names that identify: a user, a session, a request. */
const ID = /(?:^|[._-]|[a-z](?=I))(?:id|ID|Id|uuid)$/;

/** Keys of GenAI vocabularies that are known to hold no content. Everything else in these vocabularies may. */
const GENAI_METADATA: readonly RegExp[] = [
  /^gen_ai\.(?:operation\.name|provider\.name|system|output\.type|conversation\.id|data_source\.id|workflow\.name)$/,
  /^gen_ai\.agent\.(?:id|name|version)$|^gen_ai\.tool\.(?:name|type|call\.id)$/,
  /^gen_ai\.request\.(?:model|encoding_formats|choice\.count|stream|is_stream|type)$/,
  /^gen_ai\.response\.(?:model|id|finish_reasons?|streaming|service_tier|system_fingerprint)$|^gen_ai\.openai\./,
  /^gen_ai\.(?:usage|client|token)\./,
  /^ai\.(?:operationId|model\.(?:id|provider)|toolCall\.(?:id|name)|telemetry\.functionId|request\.headers\.user-agent)$/,
  /^ai\.response\.(?:id|model|finishReason|timestamp)$|^ai\.(?:usage|settings)\.[A-Za-z]+$/,
  /^gcp\.vertex\.agent\.(?:event_id|invocation_id|session_id)$/,
  /^llm\.(?:model_name|provider|system|finish_reason|request\.type|vendor|is_streaming)$|^llm\.token_count\./,
  /^openinference\.span\.kind$|^(?:input|output)\.mime_type$|^tool\.(?:name|id)$|^agent\.name$|^graph\.node\.(?:id|name|parent_id)$/,
  /^embedding\.model_name$|^reranker\.model_name$/,
  /^traceloop\.(?:span\.kind|workflow\.name|entity\.(?:name|path|version))$/,
  /^langfuse\.(?:environment|release|version|internal\.is_app_root|trace\.(?:name|version|public)|user\.id|session\.id)$/,
  /^langfuse\.observation\.(?:type|level|version|completion_start_time|usage_details|cost_details|model\.name|prompt\.(?:name|version))$/,
  /^spanledger\.(?:api_version|message_id|client_info\.platform)$|^zip\./,
  /^sentry\.(?:op|origin|sample_rate|source|environment|release|status\.[a-z_]+)$/,
];

/** The vocabularies themselves, and the bare words that home-made instrumentations use. */
const GENAI_NAMESPACE =
  /^(?:gen_ai|genai|ai|llm|openinference|langfuse|traceloop|gcp\.vertex\.agent|input|output|inputs|outputs|tool|tools|agent|graph|metadata|message|messages|prompt|prompts|completion|completions|embedding|reranker|retrieval|document|langsmith|mastra|langgraph|crewai|llamaindex|haystack|genkit|pydantic_ai|logfire|sentry|openlit|spanledger|zip|copilot|mcp|tag|session|thread)(?:[._:]|$)/;

/** OpenTelemetry's vocabularies for everything else, where they hold no bodies and no statements. */
const COMMON_METADATA =
  /^(?:http\.(?:method|scheme|route|host|flavor|status_code|user_agent|client_ip|request\.method(?:_original)?|response\.status_code|(?:request|response)\.(?:body\.)?size|resend_count|request_content_length.*|response_content_length.*|status_text)|url\.(?:path|scheme|domain|port|fragment|template)|(?:server|client|network|net|peer|source|destination|user_agent|cloud|faas|k8s|host|container|process|thread|code|service|telemetry|deployment|os|tls|dns|aws|az|gcp|otel|browser|device|feature_flag|rpc|cpu)\..+|db\.(?:system(?:\.name)?|name|namespace|user|operation(?:\.name|\.batch\.size)?|collection\.name|sql\.table|response\.(?:status_code|returned_rows)|client\.connection\..+)|messaging\.(?!.*(?:body|payload)).+|error\.type|exception\.(?:type|escaped)|session\.id|user\.id|enduser\.(?:id|role|scope)|event\.name|operation\.name|resource\.name|component)$/;

/** Words in a name by which anybody would call content. */
const CONTENT_WORD =
  /(?:^|[._\-/])(?:prompts?|completions?|messages?|content|contents|body|payload|text|query|queries|question|answer|response|request|input|inputs|output|outputs|args|arguments|params|parameters|result|results|statement|document|documents|transcript|conversation|chat|reply|summary)(?:$|[._\-/])/i;

/** What an attribute may hold, by its key. */
export function classifyKey(key: string): AttributeContent {
  for (const [pattern, field] of CONTENT) if (pattern.test(key)) return field;
  if (CREDENTIAL.test(key)) return 'credential';
  if (URL.test(key)) return 'url';
  if (GENAI_METADATA.some((pattern) => pattern.test(key)) || COMMON_METADATA.test(key) || ID.test(key))
    return 'metadata';
  return 'unknown';
}

/** Whether a key is of a vocabulary in which an unknown key is likely to hold content. */
export function isGenAiKey(key: string): boolean {
  return GENAI_NAMESPACE.test(key);
}

/** Whether the name of an unknown key says that it holds content. */
export function hasContentWord(key: string): boolean {
  return CONTENT_WORD.test(key);
}
