/** What is tested, from the sources or from the build. */
export interface Product {
  readonly createApp: typeof import('../../src/app.ts').createApp;
  readonly readConfig: typeof import('../../src/config.ts').readConfig;
  readonly createLog: typeof import('../../src/lib/log.ts').createLog;
}
