/**
 * The keyword rules of the old tracker, for Spanish questions about invoices. They are facts about stored rows, not
 * advice: order and quirks (such as categories that can never occur) are kept because dashboards were built on them.
 * The old tracker was written in Python, whose white space differs a little from JavaScript's.
 */

/** What Python's `str.split()` and `\s` take as white space. */
const WHITE_SPACE = '\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const WORD = new RegExp(`[^${WHITE_SPACE}]+`, 'gu');

type Rule = readonly [label: string, keywords: readonly string[]];

const INTENTS: readonly Rule[] = [
  ['search_invoice', ['factura', 'solicitante', 'buscar', 'encontrar', 'mostrar']],
  ['count_invoices', ['cuántas', 'cantidad', 'total', 'número']],
  ['download_request', ['descargar', 'pdf', 'zip', 'archivo']],
  ['date_range_query', ['2019', '2003', 'año', 'periodo', 'mes', 'abril', 'diciembre']],
  ['rut_query', ['rut', '9025012', '0012148561']],
  ['statistics', ['estadística', 'resumen', 'análisis', 'reporte']],
];

const FILTERS: readonly Rule[] = [
  ['rut', ['rut', '9025012', '0012148561']],
  ['date_range', ['2019', '2003', 'diciembre', 'abril', 'año', 'mes', 'fecha']],
  ['emisor', ['emisor', 'solicitante']],
  ['cliente', ['cliente', 'receptor']],
  ['tipo_factura', ['cedible', 'tributaria']],
];

const CATEGORIES: readonly Rule[] = [
  ['search', ['search_invoices']],
  ['date_search', ['search_invoices_by_date']],
  ['rut_search', ['search_invoices_by_rut']],
  ['statistics', ['count_invoices']],
  ['download', ['create_standard_zip']],
  ['download', ['zip']],
];

const FAILURE_WORDS = ['error', 'no se pudo', 'lo siento', 'problema'];

const RESULT_COUNTS: readonly RegExp[] = [
  new RegExp(`(\\d+)[${WHITE_SPACE}]*facturas?`, 'u'),
  new RegExp(`encontré[${WHITE_SPACE}]*(\\d+)`, 'u'),
  new RegExp(`se encontraron[${WHITE_SPACE}]*(\\d+)`, 'u'),
  new RegExp(`total:[${WHITE_SPACE}]*(\\d+)`, 'u'),
];

const mentions = (text: string, [, keywords]: Rule): boolean => keywords.some((keyword) => text.includes(keyword));

/** @param question as the user wrote it */
export function detectLegacyIntent(question: string): string {
  const lower = question.toLowerCase();
  return INTENTS.find((rule) => mentions(lower, rule))?.[0] ?? 'unknown';
}

/** @param question as the user wrote it */
export function detectLegacyFilters(question: string): string[] {
  const lower = question.toLowerCase();
  return FILTERS.filter((rule) => mentions(lower, rule)).map(([label]) => label);
}

/** The last tool whose name says a category wins; `null` where none does. */
export function categorizeLegacyTools(toolNames: readonly string[]): string | null {
  const categories = toolNames.map((name) => CATEGORIES.find((rule) => mentions(name.toLowerCase(), rule))?.[0]);
  return categories.findLast((category) => category !== undefined) ?? null;
}

/** Whether the answer contains a word that the old tracker took for a failure. */
export function soundsLikeFailure(response: string): boolean {
  const lower = response.toLowerCase();
  return FAILURE_WORDS.some((word) => lower.includes(word));
}

/** The number of results that the answer names; `null` where it names none, or none above 0. */
export function countLegacyResults(response: string): number | null {
  const lower = response.toLowerCase();
  for (const pattern of RESULT_COUNTS) {
    const digits = pattern.exec(lower)?.[1];
    if (digits === undefined) continue;
    const count = Number(digits);
    return count > 0 && Number.isSafeInteger(count) ? count : null;
  }
  return null;
}

export function countLegacyWords(text: string): number {
  return text.match(WORD)?.length ?? 0;
}
