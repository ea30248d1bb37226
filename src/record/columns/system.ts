/** Which agent answered, and for which client. */
export const SYSTEM = {
  agent_name: ['STRING name', 'Name of the topmost agent.'],
  api_version: ['STRING name', 'Version of the agent, where it says one.'],
  client_info: [
    'RECORD',
    'The client that asked, where the agent says it.',
    {
      user_agent: ['STRING question:client_info', 'User agent.'],
      ip_address: ['STRING question:client_info', 'IP address.'],
      platform: ['STRING question:client_info', 'Platform.'],
    },
  ],
  bigquery_project_used: ['STRING name', 'Google Cloud project that the rows go to.'],
  raw_mcp_response: ['STRING question', 'Raw response of the MCP server, where the agent records it.'],
} as const;
