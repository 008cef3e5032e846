import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Api } from './api/api.ts';
import { credentials } from './api/credentials.ts';
import { SignedIn, SignIn } from './api/sign-in.tsx';
import { withRefusals } from './api/with-refusals.ts';
import { Boundary } from './boundary.tsx';
import { Explorer } from './explorer.tsx';
import { ViewerDocument, type AskerFragment } from './generated/operations.ts';
import type { Settings } from './settings.ts';
import { useTitle } from './use-title.ts';

interface AppProps {
  readonly api: Api;
  readonly settings: Settings;
}

/** Not everybody needs them. */
const UsageView = lazy(async () => ({ default: (await import('./usage/usage-view.tsx')).UsageView }));
const ListView = lazy(async () => ({ default: (await import('./list/list-view.tsx')).ListView }));

const VIEWS = ['explore', 'list', 'usage'] as const;
type View = (typeof VIEWS)[number];

/** The page of a question is named by it. */
const TITLES = { explore: null, list: 'Price a list', usage: 'Usage' } as const;

/** Refused: also after somebody had entered, whose credentials are not accepted any more. */
type Entry = 'unknown' | 'entered' | 'asked' | 'refused';

/** The page: a banner, its head, and what is behind the door. */
export function App({ api: plain, settings }: AppProps) {
  const { authMode, simulated, playground, schema } = settings;
  const [asker, setAsker] = useState<AskerFragment | null>(null);
  const [entry, setEntry] = useState<Entry>('unknown');
  /** How often somebody has entered: what is shown is then asked for again. */
  const [entries, setEntries] = useState(0);
  const main = useRef<HTMLElement>(null);
  const api = useMemo(() => withRefusals(plain, () => setEntry('refused')), [plain]);

  const enter = useCallback(async () => {
    if (authMode !== 'none' && credentials.get() === null) {
      setEntry('asked');
      return false;
    }
    const { data, problems } = await api.request(ViewerDocument, {});
    if (problems.some(({ code }) => code === 'UNAUTHENTICATED')) return false;
    if (data?.viewer) setAsker(data.viewer);
    setEntries((count) => count + 1);
    setEntry('entered');
    return true;
  }, [api, authMode]);
  useEffect(() => void enter(), [enter]);

  const leave = (): void => {
    credentials.clear();
    plain.reconnect();
    setAsker(null);
    setEntry('asked');
  };
  const view = VIEWS.find((name) => name === new URLSearchParams(location.search).get('view')) ?? 'explore';
  useTitle(TITLES[view]);
  const isCurrent = (name: View) => (view === name ? 'page' : undefined);
  return (
    <>
      <header>
        {simulated && (
          <p className="banner">
            <strong>Simulated data</strong> — these figures are invented: nothing is bought and nothing is billed.
          </p>
        )}
        <div className="head">
          <h1>Pay explorer</h1>
          <p>What a job pays, where, and why</p>
          <nav aria-label="Pages">
            <a href="./" aria-current={isCurrent('explore')}>
              Explore
            </a>
            <a href="./?view=list" aria-current={isCurrent('list')}>
              Price a list
            </a>
            {asker?.operator && (
              <a href="./?view=usage" aria-current={isCurrent('usage')}>
                Usage
              </a>
            )}
            {playground && <a href="graphiql/">GraphiQL</a>}
            {/* A link sends no credentials. */}
            {schema && authMode === 'none' && <a href="schema.graphql">Schema</a>}
          </nav>
          {authMode !== 'none' && asker && <SignedIn asker={asker} onLeave={leave} />}
        </div>
      </header>
      <main ref={main} tabIndex={-1}>
        {authMode !== 'none' && (entry === 'asked' || entry === 'refused') && (
          <SignIn
            mode={authMode}
            refused={entry === 'refused'}
            onEnter={(value) => {
              credentials.set(value);
              plain.reconnect();
              // The form is about to go.
              void enter().then((entered) => entered && main.current?.focus());
            }}
          />
        )}
        <Boundary>
          <Suspense fallback={<p className="loading">Loading …</p>}>
            {entry === 'entered' && view === 'usage' && (
              <UsageView key={entries} api={api} asker={asker} simulated={simulated} onAsker={setAsker} />
            )}
            {/* A list is kept while its owner signs in again. */}
            {view === 'list' && (entry === 'entered' || asker) && (
              <ListView api={api} asker={asker} onAsker={setAsker} />
            )}
            {entry === 'entered' && view === 'explore' && (
              <Explorer key={entries} api={api} asker={asker} simulated={simulated} onAsker={setAsker} />
            )}
          </Suspense>
        </Boundary>
      </main>
    </>
  );
}
