import { formatTaxId } from './tax-id.ts';

export interface Invoice {
  readonly number: number;
  readonly taxId: string;
  readonly client: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly amountClp: number;
}

const CLIENTS = [
  'Comercial Andes',
  'Panadería El Roble',
  'Transportes Maipo',
  'Hotel Lastarria',
  'Viña Santa Inés',
  'Clínica del Sur',
  'Ferretería Central',
  'Pesquera Coquimbo',
  'Colegio Los Aromos',
  'Restaurante La Ñusta',
].map((name, index) => ({ name, taxId: formatTaxId(76_100_000 + index * 13_577) }));

const FIRST_NUMBER = 100_001;
const COUNT = 300;
const FIRST_DAY = Date.UTC(2023, 0, 2);
const DAY_MILLIS = 86_400_000;

/** A few hundred invoices, the same in every run. */
export const INVOICES: readonly Invoice[] = Array.from({ length: COUNT }, (_, index): Invoice => {
  // Steps without a common divisor with the lengths: an even spread without chance.
  const client = CLIENTS[(index * 7) % CLIENTS.length] ?? { name: '', taxId: '' };
  return {
    number: FIRST_NUMBER + index,
    taxId: client.taxId,
    client: client.name,
    date: new Date(FIRST_DAY + index * 3 * DAY_MILLIS).toISOString().slice(0, 10),
    amountClp: 12_000 + ((index * 48_611) % 950_000),
  };
});

export const TAX_IDS: readonly string[] = CLIENTS.map(({ taxId }) => taxId);
