/** Settings that the server passes to the page. */
interface Settings {
  /** True: the figures come from the embedded simulator and nothing is bought. */
  simulated: boolean;
}

/** Read from a `<meta>` tag that the server adds: the content security policy does not allow an inline script. */
export function readSettings(): Settings {
  const content = document.querySelector<HTMLMetaElement>('meta[name="playground"]')?.content;
  return { simulated: false, ...(content ? (JSON.parse(content) as Partial<Settings>) : {}) };
}
