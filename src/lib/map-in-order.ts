/**
 * Results of `work` for each item, in the order of the items; at most `most` are worked on or wait for an earlier one, and no
 * further item is taken until then.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const open: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    // It is awaited later, perhaps never.
    result.catch(() => undefined);
    open.push(result);
    if (open.length >= most) yield (await open.shift()) as R;
  }
  for (const result of open) yield result;
}
