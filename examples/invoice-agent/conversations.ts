import { TAX_IDS } from './invoices.ts';
import type { ScriptedStep } from './scripted-model.ts';

/** One question of one user, and how the scripted model goes about it. */
export interface Conversation {
  /** What it shows. */
  readonly title: string;
  readonly user: string;
  readonly session: string;
  readonly question: string;
  readonly steps: readonly ScriptedStep[];
}

const [firstTaxId = '', secondTaxId = '', thirdTaxId = ''] = TAX_IDS;

const ONE_INVOICE: Conversation = {
  title: 'one invoice',
  user: 'ana',
  session: 'ana-1',
  question: '¿Puedes mostrar la factura 100042?',
  steps: [
    { call: 'search_invoices', args: { number: 100_042 }, usage: { prompt: 812, candidates: 18, thoughts: 64 } },
    {
      answer: ([found]) => describeInvoices('Encontré 1 factura', found),
      usage: { prompt: 1_024, candidates: 96, thoughts: 31, cached: 768 },
    },
  ],
};

const SEVERAL_TAX_IDS: Conversation = {
  title: 'several tax ids, a tool loop',
  user: 'ana',
  session: 'ana-2',
  question: `Busca las facturas de los RUT ${firstTaxId}, ${secondTaxId} y ${thirdTaxId} y haz un resumen.`,
  steps: [
    ...[firstTaxId, secondTaxId, thirdTaxId].map((rut, index) => ({
      call: 'search_invoices_by_rut',
      args: { rut },
      usage: { prompt: 845 + index * 410, candidates: 27, thoughts: 118 - index * 20, cached: index * 768 },
    })),
    {
      answer: (results) => {
        const totals = results.map(({ rut, total }) => `${rut}: ${total}`);
        return `Se encontraron ${sum(results)} facturas en total. Por RUT: ${totals.join('; ')}.`;
      },
      usage: { prompt: 2_120, candidates: 143, thoughts: 205, cached: 1_536 },
    },
  ],
};

const ZIP_OF_60: Conversation = {
  title: 'a ZIP of 60 invoices',
  user: 'bruno',
  session: 'bruno-1',
  question: 'Quiero descargar en un zip las últimas 60 facturas.',
  steps: [
    { call: 'create_standard_zip', args: { count: 60 }, usage: { prompt: 798, candidates: 21, thoughts: 40 } },
    {
      answer: ([zip]) => `El archivo con ${zip?.files} facturas está listo: ${zip?.url}`,
      usage: { prompt: 934, candidates: 58, cached: 768 },
    },
  ],
};

const MALFORMED_TAX_ID: Conversation = {
  title: 'a malformed tax id',
  user: 'bruno',
  session: 'bruno-2',
  question: 'Muestra las facturas del RUT 76100000-1.',
  steps: [
    {
      call: 'search_invoices_by_rut',
      args: { rut: '76100000-1' },
      usage: { prompt: 803, candidates: 25, thoughts: 37 },
    },
    {
      answer: ([found]) => `No pude buscar: ${found?.error}. ¿Puedes revisarlo?`,
      usage: { prompt: 902, candidates: 41 },
    },
  ],
};

const NO_RESULTS: Conversation = {
  title: 'no results',
  user: 'carla',
  session: 'carla-1',
  question: '¿Hay facturas de diciembre de 2003?',
  steps: [
    { call: 'search_invoices_by_date', args: { year: 2003, month: 12 }, usage: { prompt: 790, candidates: 22 } },
    { answer: () => 'No hay facturas de diciembre de 2003.', usage: { prompt: 861, candidates: 14 } },
  ],
};

const MODEL_ERROR: Conversation = {
  title: 'a model error',
  user: 'carla',
  session: 'carla-2',
  question: '¿Cuántas facturas hay en total?',
  steps: [
    { call: 'count_invoices', args: {}, usage: { prompt: 780, candidates: 12 } },
    { fail: '429 RESOURCE_EXHAUSTED: quota exceeded' },
  ],
};

const TWO_USERS: readonly Conversation[] = [
  {
    title: 'two users at once: Diego',
    user: 'diego',
    session: 'diego-1',
    question: 'Busca la factura 100100, soy Diego.',
    steps: [
      { call: 'search_invoices', args: { number: 100_100 }, usage: { prompt: 815, candidates: 18, thoughts: 52 } },
      { answer: ([found]) => describeInvoices('Para Diego', found), usage: { prompt: 1_027, candidates: 91 } },
    ],
  },
  {
    title: 'two users at once: Elena',
    user: 'elena',
    session: 'elena-1',
    question: 'Busca la factura 100200, soy Elena.',
    steps: [
      { call: 'search_invoices', args: { number: 100_200 }, usage: { prompt: 816, candidates: 18, thoughts: 77 } },
      { answer: ([found]) => describeInvoices('Para Elena', found), usage: { prompt: 1_029, candidates: 88 } },
    ],
  },
];

/** Asked one after the other, but for those that stand together. */
export const CONVERSATIONS: readonly (readonly Conversation[])[] = [
  [ONE_INVOICE],
  [SEVERAL_TAX_IDS],
  [ZIP_OF_60],
  [MALFORMED_TAX_ID],
  [NO_RESULTS],
  [MODEL_ERROR],
  TWO_USERS,
];

function describeInvoices(opening: string, found: Record<string, unknown> | undefined): string {
  return `${opening}: ${JSON.stringify(found?.invoices)}`;
}

function sum(results: readonly Record<string, unknown>[]): number {
  return results.reduce((total, result) => total + Number(result.total), 0);
}
