import type { Api } from './api.ts';

/** The same, which tells when credentials are not accepted, or not any more. */
export function withRefusals(api: Api, onRefused: () => void): Api {
  return {
    ...api,
    async request(document, variables, signal) {
      const result = await api.request(document, variables, signal);
      if (result.problems.some(({ code }) => code === 'UNAUTHENTICATED')) onRefused();
      return result;
    },
  };
}
