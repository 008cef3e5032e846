/** What file systems have room for, in every encoding. */
const LONGEST = 80;

/** `where-your-salary-falls.csv` */
export function fileName(title: string, extension: string): string {
  const plain = title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
  return `${[...plain].slice(0, LONGEST).join('').replaceAll(/^-|-$/g, '')}.${extension}`;
}
