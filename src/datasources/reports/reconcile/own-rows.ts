import type { JobalyzerClient } from '../../jobalyzer/client.js';
import type { LoggedReport } from '../../jobalyzer/usage-log/usage-log.js';

/** Whose purchases are ours. In upstream's documents the client id stands for the customer id, and the log may have either. */
export type Customer = Pick<JobalyzerClient, 'clientId' | 'customerId'>;

/** Whether a row of the usage log may be a purchase of this customer, by its CLIENTID in any letter case; also if it says nothing. */
export function mayBeOurs({ clientId }: Pick<LoggedReport, 'clientId'>, customer: Customer): boolean {
  const given = clientId?.toLowerCase();
  return given === undefined || [customer.clientId, customer.customerId].some((ours) => ours.toLowerCase() === given);
}
