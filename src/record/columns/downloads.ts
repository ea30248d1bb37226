/** What the turn gave to download. */
export const DOWNLOADS = {
  download_requested: ['BOOLEAN enrichable', 'Whether the answer offers a download, by the configured rules.'],
  download_type: ['STRING name enrichable', '`individual`, `zip` or `none`, by the configured rules.'],
  zip_generated: ['BOOLEAN', 'Whether a ZIP was made in the turn.'],
  zip_id: ['STRING name', 'Id of the ZIP.'],
  pdf_links_provided: ['INTEGER enrichable', 'PDF links in the answer, by the configured rules.'],
} as const;
