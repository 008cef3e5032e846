import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { tally } from '../../src/telemetry/tally.js';

describe('a tally', () => {
  it('is told whenever somebody looks: everything that was counted, once', async () => {
    const registry = new Registry();
    const count = tally({ name: 'asked_total', help: 'Asked.', labelNames: ['who', 'what'], registers: [registry] });
    const lines = async () => (await registry.metrics()).split('\n').filter((line) => line.startsWith('asked'));
    expect(await lines()).toEqual([]);
    for (let time = 0; time < 3; time++) count('a', { who: 'a', what: 'x' });
    count('b', { who: 'b', what: 'x' });
    const told = ['asked_total{who="a",what="x"} 3', 'asked_total{who="b",what="x"} 1'];
    expect(await lines()).toEqual(told);
    expect(await lines()).toEqual(told);
    count('a', { who: 'a', what: 'x' });
    expect(await lines()).toContain('asked_total{who="a",what="x"} 4');
  });
});
