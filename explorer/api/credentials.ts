import type { Settings } from '../settings.ts';

const NAME = 'explorer-credentials';

/** The key or token of this tab: other tabs do not see it, and it is gone when this one is closed. */
export const credentials = {
  get: (): string | null => sessionStorage.getItem(NAME),
  set: (value: string): void => sessionStorage.setItem(NAME, value),
  clear: (): void => sessionStorage.removeItem(NAME),
};

/** As headers of a request, and as the parameters of a socket. */
export function credentialHeaders(mode: Settings['authMode']): Record<string, string> {
  const value = mode === 'none' ? null : credentials.get();
  if (value === null) return {};
  return mode === 'jwt' ? { authorization: `Bearer ${value}` } : { 'x-api-key': value };
}
