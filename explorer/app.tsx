import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import type { Api } from './api/api.ts';
import { credentials } from './api/credentials.ts';
import { SignedIn, SignIn } from './api/sign-in.tsx';
import { Explorer } from './explorer.tsx';
import { ViewerDocument, type AskerFragment } from './generated/operations.ts';
import type { Settings } from './settings.ts';

interface AppProps {
  readonly api: Api;
  readonly settings: Settings;
}

/** Not everybody needs them. */
const UsageView = lazy(async () => ({ default: (await import('./usage/usage-view.tsx')).UsageView }));
const ListView = lazy(async () => ({ default: (await import('./list/list-view.tsx')).ListView }));

const VIEWS = ['explore', 'list', 'usage'] as const;
type View = (typeof VIEWS)[number];

type Entry = 'unknown' | 'entered' | 'asked' | 'refused';

/** The page: a banner, its head, and what is behind the door. */
export function App({ api, settings }: AppProps) {
  const { authMode, simulated, playground, schema } = settings;
  const [asker, setAsker] = useState<AskerFragment | null>(null);
  const [entry, setEntry] = useState<Entry>('unknown');

  const enter = useCallback(async () => {
    if (authMode !== 'none' && credentials.get() === null) return setEntry('asked');
    const { data, problems } = await api.request(ViewerDocument, {});
    setAsker(data?.viewer ?? null);
    return setEntry(problems.some(({ code }) => code === 'UNAUTHENTICATED') ? 'refused' : 'entered');
  }, [api, authMode]);
  useEffect(() => void enter(), [enter]);

  const leave = (): void => {
    credentials.clear();
    api.reconnect();
    setAsker(null);
    setEntry('asked');
  };
  const view = VIEWS.find((name) => name === new URLSearchParams(location.search).get('view')) ?? 'explore';
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
      <main>
        {entry === 'entered' && (
          <Suspense fallback={<p className="loading">Loading …</p>}>
            {view === 'usage' && <UsageView api={api} simulated={simulated} onAsker={setAsker} />}
            {view === 'list' && <ListView api={api} asker={asker} onAsker={setAsker} />}
            {view === 'explore' && <Explorer api={api} asker={asker} simulated={simulated} onAsker={setAsker} />}
          </Suspense>
        )}
        {authMode !== 'none' && (entry === 'asked' || entry === 'refused') && (
          <SignIn
            mode={authMode}
            refused={entry === 'refused'}
            onEnter={(value) => {
              credentials.set(value);
              api.reconnect();
              void enter();
            }}
          />
        )}
      </main>
    </>
  );
}
