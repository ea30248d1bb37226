import { Option } from 'commander';

/** `--mapping` of `spanledger map`. */
export function createMappingOption(): Option {
  return new Option('--mapping <name>', 'which mapping makes the records')
    .choices(['solid', 'legacy'])
    .default('solid');
}
