import data from './labour-market.json' with { type: 'json' };
import { readLabourMarket } from './labour-market-schema.js';

/** The invented labour market of the simulator, checked when it is loaded. */
export const { countries, degrees, jobTitles, productActivities, trades } = readLabourMarket(
  data,
  'labour-market.json',
);
