// As the environment of the process has it, before anything of LangSmith's is loaded.
Object.assign(process.env, { LANGSMITH_TRACING: 'true', LANGSMITH_OTEL_ENABLED: 'true', LANGSMITH_API_KEY: 'none' });
