import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const WORDS =
  'invoice amount due payment terms customer address total tax net gross delivery order number date reference account bank thirty days please transfer'.split(
    ' ',
  );

/** Text that compresses as business letters do: words and numbers in no order. */
export function buildText(sizeBytes: number, seed: number): Buffer {
  let state = seed + 1;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  let text = '';
  while (text.length < sizeBytes)
    text += `${WORDS[next() % WORDS.length]} ${next() % 4 === 0 ? next() % 100_000 : ''} `;
  return Buffer.from(text.slice(0, sizeBytes));
}

/** What a PDF is to a compressor: bytes that are compressed already. */
export function buildPdf(sizeBytes: number): Buffer {
  return Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(sizeBytes - 9)]);
}

/** 200 PDFs and 200 texts of 200 KB. @returns their paths */
export async function writeMix(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (let i = 0; i < 200; i += 1) {
    const pdf = join(folder, `${i}.pdf`);
    const text = join(folder, `${i}.txt`);
    await writeFile(pdf, buildPdf(200_000));
    await writeFile(text, buildText(200_000, i));
    paths.push(pdf, text);
  }
  return paths;
}
