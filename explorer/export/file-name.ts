/** `where-your-salary-falls.csv` */
export function fileName(title: string, extension: string): string {
  const plain = title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
  return `${plain.replaceAll(/^-|-$/g, '')}.${extension}`;
}
