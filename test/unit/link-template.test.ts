import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkTemplate } from '../../src/datasources/reports/reconcile/link-template.js';

const at = (upstreamReportId: string, link: string) => ({ upstreamReportId, link });

describe('the link of a REPORTID', () => {
  it('is made as all known links of that type are', () => {
    const template = linkTemplate([
      at('a-1', '/jobalyzer/v1/reports/pay/a-1?x=1'),
      at('b_2', '/jobalyzer/v1/reports/pay/b_2?x=1'),
    ]);
    expect(template?.('c3')).toBe('/jobalyzer/v1/reports/pay/c3?x=1');
  });

  it.each([
    ['one is known', [at('a1', '/r/a1')]],
    ['one is known twice', [at('a1', '/r/a1'), at('a1', '/r/a1')]],
    ['none is', []],
    [
      'something else differs, by which another report may be meant',
      [at('a1', '/r/a1?key=x'), at('b2', '/r/b2?key=y')],
    ],
    ['one is of another form', [at('a1', '/v1/r/a1'), at('b2', '/v1/r/b2'), at('c3', '/v2/r/c3')]],
    ['one does not have its REPORTID', [at('a1', '/r/a1'), at('b2', '/r/b2'), at('c3', '/r/x')]],
    ['one has it twice', [at('a1', '/r/a1/a1'), at('b2', '/r/b2/b2')]],
    ['a REPORTID is more than a name', [at('a/1', '/r/a/1'), at('b/2', '/r/b/2')]],
  ])('is not known if %s', (_, known) => expect(linkTemplate(known)).toBeNull());

  it.each(['', 'c/3', '../c', 'c?x', 'c 3', '.', 'c%2f', 'r'])('is not made of %j', (id) => {
    const template = linkTemplate([at('a1', '/r/a1'), at('b2', '/r/b2')]);
    expect(template?.(id)).toBeNull();
  });

  it('differs from each known one in the REPORTID alone', () => {
    const id = fc.uuid();
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 3, maxLength: 5 }), fc.webPath(), ([next = '', ...ids], path) => {
        const known = ids.map((each) => at(each, `/jobalyzer${path}/${each}?a=b`));
        expect(linkTemplate(known)?.(next)?.replace(next, ids[0] ?? '')).toBe(known[0]?.link);
      }),
    );
  });
});
