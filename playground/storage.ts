/** Where GraphiQL's history keeps operations, with the headers they were run with, whatever `shouldPersistHeaders` says. */
const HISTORY = /:(queries|favorites)$/;

/** The browser's storage, in which no header is kept: an API key or a token may be one. */
export const storage = {
  getItem: (key: string) => localStorage.getItem(key),
  setItem: (key: string, value: string) => localStorage.setItem(key, HISTORY.test(key) ? withoutHeaders(value) : value),
  removeItem: (key: string) => localStorage.removeItem(key),
  clear: () => localStorage.clear(),
  get length() {
    return localStorage.length;
  },
};

function withoutHeaders(json: string): string {
  return JSON.stringify(JSON.parse(json, (key, value: unknown) => (key === 'headers' ? undefined : value)));
}
