/** What the server tells the page. */
export interface Settings {
  /** True: the figures come from the embedded simulator and nothing is billed. */
  readonly simulated: boolean;
  /** Which credentials it asks for. */
  readonly authMode: 'none' | 'api-key' | 'jwt';
  /** Whether there is a page at `graphiql/`. */
  readonly playground: boolean;
  /** Whether the schema is at `schema.graphql`. */
  readonly schema: boolean;
}

const DEFAULTS: Settings = { simulated: false, authMode: 'none', playground: false, schema: false };

/** Read from a `<meta>` tag that the server adds: the content security policy does not allow an inline script. */
export function readSettings(): Settings {
  const content = document.querySelector<HTMLMetaElement>('meta[name="explorer"]')?.content;
  return { ...DEFAULTS, ...(content ? (JSON.parse(content) as Partial<Settings>) : {}) };
}
