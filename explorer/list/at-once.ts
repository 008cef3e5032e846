/** Has so many do the same work at once. Rejects with the first error. */
export async function atOnce(workers: number, work: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: workers }, work));
}
