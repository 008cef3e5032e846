import type { Settings } from '../settings.ts';

const NAME = 'explorer-credentials';

/** Where the browser keeps nothing, it is asked for again when the page is loaded again. */
let here: string | null = null;

/** The key or token of this tab: other tabs do not see it, and it is gone when this one is closed. */
export const credentials = {
  get: (): string | null => stored((storage) => storage.getItem(NAME)) ?? here,
  set: (value: string): void => {
    here = value;
    stored((storage) => storage.setItem(NAME, value));
  },
  clear: (): void => {
    here = null;
    stored((storage) => storage.removeItem(NAME));
  },
};

/** Null where a browser has been told to keep nothing of any page. */
function stored<T>(use: (storage: Storage) => T): T | null {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}

/** As headers of a request, and as the parameters of a socket. */
export function credentialHeaders(mode: Settings['authMode']): Record<string, string> {
  const value = mode === 'none' ? null : credentials.get();
  if (value === null) return {};
  return mode === 'jwt' ? { authorization: `Bearer ${value}` } : { 'x-api-key': value };
}
