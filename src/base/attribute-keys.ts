/**
 * Attribute names of the package's own spans: OpenTelemetry GenAI semantic conventions where they have a word,
 * `spanledger.*` and `zip.*` where they do not. Strings, not imports: the conventions are still incubating and move.
 * Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/
 */
export const ATTRIBUTE_KEYS = {
  operationName: 'gen_ai.operation.name',
  providerName: 'gen_ai.provider.name',
  agentName: 'gen_ai.agent.name',
  conversationId: 'gen_ai.conversation.id',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadInputTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheCreationInputTokens: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningOutputTokens: 'gen_ai.usage.reasoning.output_tokens',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  toolName: 'gen_ai.tool.name',
  toolCallId: 'gen_ai.tool.call.id',
  errorType: 'error.type',
  sessionId: 'session.id',
  userId: 'user.id',
  totalTokens: 'spanledger.usage.total_tokens',
  toolUsePromptTokens: 'spanledger.usage.tool_use_prompt_tokens',
  rawMcpResponse: 'spanledger.raw_mcp_response',
  apiVersion: 'spanledger.api_version',
  /** Message of a failure that the instrumented framework puts on no span (ADK: model and tool errors). */
  errorMessage: 'spanledger.error_message',
  /** `<trace_id>-<span_id>` of the turn that a ZIP of another process belongs to. */
  messageId: 'spanledger.message_id',
  /** Start of that turn, milliseconds since the Unix epoch. */
  turnStart: 'spanledger.turn_start',
  /** What the application says of a turn, over what its spans say. */
  turnUserId: 'spanledger.turn.user_id',
  turnSessionId: 'spanledger.turn.session_id',
  turnConversationId: 'spanledger.turn.conversation_id',
  clientUserAgent: 'spanledger.client_info.user_agent',
  clientIpAddress: 'spanledger.client_info.ip_address',
  clientPlatform: 'spanledger.client_info.platform',
  zipId: 'zip.id',
  zipGenerationTimeMs: 'zip.generation_time_ms',
  zipParallelDownloadTimeMs: 'zip.parallel_download_time_ms',
  zipMaxWorkersUsed: 'zip.max_workers_used',
  zipFilesIncluded: 'zip.files_included',
  zipFilesMissing: 'zip.files_missing',
  zipTotalSizeBytes: 'zip.total_size_bytes',
  /** On `zip.create`: downloads that have no span of their own, because there were too many. */
  zipDownloadSpansDropped: 'zip.download_spans_dropped',
  /** The rest on `zip.download`. */
  zipEntryName: 'zip.entry.name',
  zipEntrySource: 'zip.entry.source',
  zipEntrySizeBytes: 'zip.entry.size_bytes',
  zipEntryAttempts: 'zip.entry.attempts',
} as const;

/** Event that a failed tool leaves on the model call that asked for it, where its own span has ended by then (ADK). */
export const TOOL_ERROR_EVENT = 'spanledger.tool_error';
