import { get } from 'node:http';

/** Downloads and drops: what Node takes for the transfers alone. */
export async function downloadAll(urls: Iterable<string>, concurrency: number): Promise<void> {
  const rest = urls[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await download(next.value);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

function download(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, (response) => response.on('end', resolve).on('error', reject).resume()).on('error', reject);
  });
}
