import { createRoot } from 'react-dom/client';
import { createApi } from './api/client.ts';
import { App } from './app.tsx';
import { readSettings } from './settings.ts';

const settings = readSettings();
createRoot(document.getElementById('root')!).render(<App api={createApi(settings)} settings={settings} />);
