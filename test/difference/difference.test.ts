import { expect, it } from 'vitest';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { createLog } from '../../src/lib/log.js';
import { runDifference } from './difference.js';

it('a server with stored answers differs from one without in nothing that can be seen from outside', async () => {
  const product = { createApp, readConfig, createLog };
  const { cases, requests, repeated, made } = await runDifference({ product, cases: 300, seed: 2026 });
  expect(cases).toBe(300);
  // Otherwise it would show nothing.
  expect(repeated / requests).toBeGreaterThan(0.08);
  expect(made / requests).toBeGreaterThan(0.08);
}, 1_200_000);
