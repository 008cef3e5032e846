/** Has the browser save it under this name. */
export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: the browser has to have begun.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
