import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { examples } from './examples';
import { fetcher } from './fetcher';
import { FoldVariables } from './fold-variables';
import { readSettings } from './settings';
import { storage } from './storage';

function SimulatedBanner() {
  return (
    <p className="banner" role="status">
      <strong>Simulated data</strong> — these figures are invented: no report is bought and nothing is billed.
    </p>
  );
}

function Playground({ simulated }: { simulated: boolean }) {
  return (
    <>
      {simulated && <SimulatedBanner />}
      <GraphiQL
        fetcher={fetcher}
        defaultTabs={examples}
        // New tabs start empty instead of with GraphiQL's introduction.
        defaultQuery=""
        // An API key entered as a header must not be kept in the browser's storage.
        shouldPersistHeaders={false}
        storage={storage}
        defaultEditorToolsVisibility={false}
      >
        <GraphiQL.Logo>Jobalyzer GraphQL</GraphiQL.Logo>
        <FoldVariables />
      </GraphiQL>
    </>
  );
}

createRoot(document.getElementById('root')!).render(<Playground {...readSettings()} />);
