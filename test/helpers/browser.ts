import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

export interface OpenBrowser {
  browser: Browser;
  close(): Promise<void>;
}

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Launches the system's Chromium in headless mode. The caller closes it. */
export async function openBrowser(): Promise<OpenBrowser> {
  const browser = await chromium.launch({
    executablePath: findChromium() ?? installChromium(),
    args: [
      // The sandbox needs privileges that a container lacks, and only our own pages are opened.
      '--no-sandbox',
      // The remaining flags disable network traffic other than to the page's server.
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  return { browser, close: () => browser.close() };
}

function findChromium(): string | undefined {
  return places.find((path) => existsSync(path));
}

/** Installs Chromium when running as root, as in a container; otherwise fails with what to install. */
function installChromium(): string {
  let cause: unknown;
  if (process.getuid?.() === 0) {
    try {
      const limits = { stdio: 'ignore', timeout: 240_000 } as const;
      execFileSync('apt-get', ['update'], limits);
      execFileSync('apt-get', ['install', '-y', 'chromium'], limits);
    } catch (error) {
      cause = error;
    }
  }
  const found = findChromium();
  if (found) return found;
  throw new Error(
    `This test opens a page in Chromium, which is neither of ${places.join(', ')}: apt-get install chromium`,
    {
      cause,
    },
  );
}
