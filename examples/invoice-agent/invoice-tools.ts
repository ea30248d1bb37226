import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BaseTool, FunctionTool } from '@google/adk';
import { createZip } from 'spanledger/zip';
import { z } from 'zod';
import { pdfPath } from './invoice-pdfs.ts';
import { INVOICES, type Invoice } from './invoices.ts';
import { parseTaxId } from './tax-id.ts';

const ZIP_DIRECTORY = join('.spanledger', 'demo', 'zips');

const describe = (invoice: Invoice) => ({ ...invoice, pdf: `http://localhost:8011/invoices/${invoice.number}.pdf` });

const searchInvoices = new FunctionTool({
  name: 'search_invoices',
  description: 'Finds one invoice by its number.',
  parameters: z.object({ number: z.number() }),
  execute: ({ number }) => ({ invoices: INVOICES.filter((invoice) => invoice.number === number).map(describe) }),
});

const searchInvoicesByRut = new FunctionTool({
  name: 'search_invoices_by_rut',
  description: 'Finds the invoices of a client by its tax id (RUT), e.g. 76100000-6.',
  parameters: z.object({ rut: z.string(), limit: z.number().optional() }),
  execute: ({ rut, limit }) => {
    const taxId = parseTaxId(rut);
    if (taxId === undefined) return { error: `${rut} no es un RUT válido: el dígito verificador no coincide` };
    const found = INVOICES.filter((invoice) => invoice.taxId === taxId);
    return { rut: taxId, total: found.length, invoices: found.slice(0, limit ?? 3).map(describe) };
  },
});

const searchInvoicesByDate = new FunctionTool({
  name: 'search_invoices_by_date',
  description: 'Finds the invoices of a month.',
  parameters: z.object({ year: z.number(), month: z.number() }),
  execute: ({ year, month }) => {
    const prefix = `${year}-${String(month).padStart(2, '0')}-`;
    return { invoices: INVOICES.filter(({ date }) => date.startsWith(prefix)).map(describe) };
  },
});

const countInvoices = new FunctionTool({
  name: 'count_invoices',
  description: 'Counts all invoices.',
  execute: () => ({ total: INVOICES.length }),
});

const createStandardZip = new FunctionTool({
  name: 'create_standard_zip',
  description: 'Bundles the PDFs of the newest invoices into one ZIP.',
  parameters: z.object({ count: z.number() }),
  execute: async ({ count }) => {
    const id = randomUUID();
    await mkdir(ZIP_DIRECTORY, { recursive: true });
    const zip = await createZip({
      id,
      entries: INVOICES.slice(-count).map((invoice) => ({ name: `${invoice.number}.pdf`, source: pdfPath(invoice) })),
      destination: join(ZIP_DIRECTORY, `${id}.zip`),
    });
    return {
      url: `http://localhost:8011/zips/${id}.zip`,
      files: zip.metrics.filesIncluded,
      missing: zip.missing.map(({ name }) => name),
    };
  },
});

export const INVOICE_TOOLS: readonly BaseTool[] = [
  searchInvoices,
  searchInvoicesByRut,
  searchInvoicesByDate,
  countInvoices,
  createStandardZip,
];
