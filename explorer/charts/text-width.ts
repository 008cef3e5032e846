let context: CanvasRenderingContext2D | null | undefined;

/** How wide a line is in the letters of the page, in CSS pixels: a picture does not wrap its texts. */
export function textWidth(text: string, size: number, weight = 400): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (!context) return 0;
  context.font = `${weight} ${size}px ${getComputedStyle(document.documentElement).fontFamily}`;
  return Math.ceil(context.measureText(text).width);
}

/** The text, or as much of its beginning as there is room for. */
export function fitted(text: string, room: number, size: number, weight = 400): string {
  if (textWidth(text, size, weight) <= room) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, size, weight) > room) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}
