/** What the server tells the page about itself. */
interface Settings {
  /** The figures come from the embedded simulator: nothing is bought. */
  simulated: boolean;
}

/** Read from a `<meta>` the server adds to the page: an inline script would need a hole in the content security policy. */
export function readSettings(): Settings {
  const content = document.querySelector<HTMLMetaElement>('meta[name="playground"]')?.content;
  return { simulated: false, ...(content ? (JSON.parse(content) as Partial<Settings>) : {}) };
}
