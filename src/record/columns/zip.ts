/** How the ZIP of the turn was made. */
export const ZIP = {
  zip_generation_time_ms: ['INTEGER', 'Milliseconds from the start of the ZIP to its end.'],
  zip_parallel_download_time_ms: [
    'INTEGER',
    'Milliseconds from the start of the first download to the end of the last.',
  ],
  zip_max_workers_used: ['INTEGER', 'Most downloads that ran at once.'],
  zip_files_included: ['INTEGER', 'Files in the ZIP.'],
  zip_files_missing: ['INTEGER', 'Files that were asked for and are not in the ZIP.'],
  zip_total_size_bytes: ['INTEGER', 'Size of the ZIP in bytes.'],
} as const;
