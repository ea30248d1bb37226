/**
 * `message_type` of a row that carries the ZIP columns of a turn and nothing else of it: a ZIP made by another process,
 * which does not know the rest. `conversation_logs_latest` adds them to the turn's row.
 */
export const ZIP_AMENDMENT = 'zip_amendment';
