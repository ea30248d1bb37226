import type { EnrichmentRules } from './rule-enrichers.ts';

/**
 * The rules of the system that this package replaces, for Spanish questions about invoices: a preset, off by default,
 * that keeps dashboards going when the legacy mapping is gone. Its quirks are kept: the first rule that matches wins,
 * so that `date_search` and `rut_search` never occur.
 */
export const INVOICE_AGENT_RULES: EnrichmentRules = {
  intents: {
    rules: [
      { label: 'search_invoice', keywords: ['factura', 'solicitante', 'buscar', 'encontrar', 'mostrar'] },
      { label: 'count_invoices', keywords: ['cuántas', 'cantidad', 'total', 'número'] },
      { label: 'download_request', keywords: ['descargar', 'pdf', 'zip', 'archivo'] },
      { label: 'date_range_query', keywords: ['2019', '2003', 'año', 'periodo', 'mes', 'abril', 'diciembre'] },
      { label: 'rut_query', keywords: ['rut', '9025012', '0012148561'] },
      { label: 'statistics', keywords: ['estadística', 'resumen', 'análisis', 'reporte'] },
    ],
    otherwise: 'unknown',
  },
  filters: [
    { label: 'rut', keywords: ['rut', '9025012', '0012148561'] },
    { label: 'date_range', keywords: ['2019', '2003', 'diciembre', 'abril', 'año', 'mes', 'fecha'] },
    { label: 'emisor', keywords: ['emisor', 'solicitante'] },
    { label: 'cliente', keywords: ['cliente', 'receptor'] },
    { label: 'tipo_factura', keywords: ['cedible', 'tributaria'] },
  ],
  categories: [
    { label: 'search', keywords: ['search_invoices'] },
    { label: 'date_search', keywords: ['search_invoices_by_date'] },
    { label: 'rut_search', keywords: ['search_invoices_by_rut'] },
    { label: 'statistics', keywords: ['count_invoices'] },
    { label: 'download', keywords: ['create_standard_zip'] },
    { label: 'download', keywords: ['zip'] },
  ],
  resultCounts: ['(\\d+)\\s*facturas?', 'encontré\\s*(\\d+)', 'se encontraron\\s*(\\d+)', 'total:\\s*(\\d+)'],
  downloads: { linkPrefix: 'http://localhost:8011', zipMark: '.zip' },
  complexity: { mediumToolCalls: 2, complexToolCalls: 3 },
  satisfaction: true,
  quality: { base: 0.5, success: 0.3, results: 0.2, error: -0.4, fast: 0.1, fastMillis: 5000 },
};
