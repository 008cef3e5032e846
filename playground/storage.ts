/** Where GraphiQL's history keeps operations, with the headers they were run with, whatever `shouldPersistHeaders` says. */
const HISTORY = /:(queries|favorites)$/;

/** Where a browser has been told to keep nothing of any page: until this one is closed. */
function inMemory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
    key: (index) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  };
}

function ofBrowser(): Storage {
  try {
    return localStorage;
  } catch {
    return inMemory();
  }
}

const kept = ofBrowser();

/** The browser's storage, in which no header is kept: an API key or a token may be one. */
export const storage = {
  getItem: (key: string) => kept.getItem(key),
  setItem: (key: string, value: string) => kept.setItem(key, HISTORY.test(key) ? withoutHeaders(value) : value),
  removeItem: (key: string) => kept.removeItem(key),
  clear: () => kept.clear(),
  get length() {
    return kept.length;
  },
};

function withoutHeaders(json: string): string {
  return JSON.stringify(JSON.parse(json, (key, value: unknown) => (key === 'headers' ? undefined : value)));
}
