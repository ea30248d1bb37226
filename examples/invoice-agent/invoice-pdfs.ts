import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { INVOICES, type Invoice } from './invoices.ts';

const DIRECTORY = join('.spanledger', 'demo', 'invoices');

export function pdfPath({ number }: Pick<Invoice, 'number'>): string {
  return join(DIRECTORY, `${number}.pdf`);
}

/**
 * Writes the PDF of every invoice that has none yet.
 *
 * @param onProgress called with the number of invoices that have one
 */
export async function writePdfs(onProgress: (done: number, total: number) => void): Promise<void> {
  await mkdir(DIRECTORY, { recursive: true });
  for (const [index, invoice] of INVOICES.entries()) {
    if (!existsSync(pdfPath(invoice))) await writeFile(pdfPath(invoice), await renderPdf(invoice));
    onProgress(index + 1, INVOICES.length);
  }
}

async function renderPdf(invoice: Invoice): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  const page = document.addPage([420, 595]);
  const lines = [
    `Factura electrónica N° ${invoice.number}`,
    `Cliente: ${invoice.client}`,
    `RUT: ${invoice.taxId}`,
    `Fecha: ${invoice.date}`,
    `Total: $ ${invoice.amountClp.toLocaleString('es-CL')}`,
  ];
  for (const [index, line] of lines.entries()) page.drawText(line, { x: 40, y: 520 - index * 26, size: 14, font });
  return document.save();
}
