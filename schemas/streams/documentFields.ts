/** Fields that every document of `registry.assets` and `market.contracts` has. */
import { id, instant, optionalInstant, quality, revision } from '../fields.ts';

export const documentFields = () => ({
  id: id({ en: 'identifier', zh: '标识' }),
  validFrom: instant({ en: 'valid from, inclusive', zh: '生效时间' }),
  validTo: optionalInstant({ en: 'valid to, exclusive; open where absent', zh: '失效时间' }),
  quality: quality(),
  revision: revision(),
});
