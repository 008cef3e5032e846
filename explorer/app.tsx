import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import type { Api } from './api/client.ts';
import { credentials } from './api/credentials.ts';
import { SignedIn, SignIn } from './api/sign-in.tsx';
import { Explorer } from './explorer.tsx';
import { ViewerDocument, type AskerFragment } from './generated/operations.ts';
import type { Settings } from './settings.ts';

interface AppProps {
  readonly api: Api;
  readonly settings: Settings;
}

/** Only operators need it. */
const UsageView = lazy(async () => ({ default: (await import('./usage/usage-view.tsx')).UsageView }));

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
  const isUsage = new URLSearchParams(location.search).get('view') === 'usage';
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
            <a href="./" aria-current={isUsage ? undefined : 'page'}>
              Explore
            </a>
            {asker?.operator && (
              <a href="./?view=usage" aria-current={isUsage ? 'page' : undefined}>
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
        {entry === 'entered' && !isUsage && (
          <Explorer api={api} asker={asker} simulated={simulated} onAsker={setAsker} />
        )}
        {entry === 'entered' && isUsage && (
          <Suspense fallback={<p className="loading">Loading …</p>}>
            <UsageView api={api} simulated={simulated} onAsker={setAsker} />
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
