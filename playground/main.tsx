import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { examples } from './examples';
import { fetcher } from './fetcher';
import { readSettings } from './settings';

function SimulatedBanner() {
  return (
    <p className="banner" role="status">
      <strong>Simulated data</strong> — these figures are made up: no report is bought and nothing is billed.
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
        // A new tab starts empty instead of with GraphiQL's own introduction.
        defaultQuery=""
        // An API key typed into the headers must not stay behind in the browser's storage.
        shouldPersistHeaders={false}
        // Shown from the start: otherwise the cities of the comparison would hide behind a collapsed panel.
        defaultEditorToolsVisibility="variables"
      >
        <GraphiQL.Logo>Jobalyzer GraphQL</GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

createRoot(document.getElementById('root')!).render(<Playground {...readSettings()} />);
