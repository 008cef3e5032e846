import { textWidth } from '../charts/text-width.ts';

/** What a rule of the style sheet may say about a shape or a text. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'opacity',
  'paint-order',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'text-anchor',
];
const SVG = 'http://www.w3.org/2000/svg';
const MARGIN = 24;
const HEAD = 44;
/** A line of notes. */
const LINE = 18;
/** Sharp also on screens with small pixels. */
const SCALE = 2;

export interface Frame {
  readonly title: string;
  /** What stands below it, a line each, such as that the figures are invented. */
  readonly notes: readonly string[];
}

/** A picture of the chart in its present colours, with its title. */
export async function pngOf(chart: SVGSVGElement, { title, notes }: Frame): Promise<Blob> {
  const { width, height } = chart.getBoundingClientRect();
  const page = getComputedStyle(chart.closest('.card') ?? document.body);
  const text = { 'font-family': page.fontFamily, fill: page.color, x: MARGIN };
  const widest = Math.max(width, textWidth(title, 17, 700), ...notes.map((note) => textWidth(note, 12)));
  const [fullWidth, fullHeight] = [widest + 2 * MARGIN, HEAD + height + MARGIN + notes.length * LINE + 8];
  const frame = element('svg', { xmlns: SVG, width: fullWidth, height: fullHeight });
  const inner = withStyles(chart);
  for (const [name, value] of Object.entries({ x: MARGIN, y: HEAD, width, height })) {
    inner.setAttribute(name, String(value));
  }
  frame.append(
    element('rect', { width: fullWidth, height: fullHeight, fill: page.backgroundColor }),
    element('text', { ...text, y: 30, 'font-size': 17, 'font-weight': 700 }, title),
    inner,
    ...notes.map((note, at) =>
      element('text', { ...text, y: HEAD + height + MARGIN + (at + 0.7) * LINE, 'font-size': 12, opacity: 0.75 }, note),
    ),
  );
  return rasterize(frame, fullWidth, fullHeight);
}

/** A copy that needs no style sheet. */
function withStyles(chart: SVGSVGElement): SVGSVGElement {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const originals = [chart, ...chart.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((clone, at) => {
    const original = originals[at];
    if (!original) return;
    const computed = getComputedStyle(original);
    for (const name of STYLES) clone.setAttribute(name, computed.getPropertyValue(name));
    clone.removeAttribute('class');
  });
  return copy;
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, text = ''): SVGElement {
  const created = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) created.setAttribute(attribute, String(value));
  if (text !== '') created.textContent = text;
  return created;
}

async function rasterize(svg: SVGElement, width: number, height: number): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * SCALE);
  canvas.height = Math.ceil(height * SCALE);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be drawn.'))), 'image/png');
  });
}
