import { type Contest, goalOf, isMet, shown, type Figure, type Results } from './results.ts';

const WIDTH = 1_020;
const MARGIN = 24;
const LABEL_END = 450;
const BAR_START = LABEL_END + 12;
/** Values are written to the right of the bars. */
const BAR_END = WIDTH - MARGIN - 210;
const ROW = 22;
const BAR = 14;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .heading { font-size: 16px; font-weight: 600; }
  .group { font-weight: 600; }
  .note { fill: #59636e; }
  .label { text-anchor: end; }
  .ours { fill: #0969da; }
  .peer { fill: #8c959f; }
  .met { fill: #1a7f37; }
  .missed { fill: #bc4c00; }
  .line { stroke: #59636e; stroke-dasharray: 3 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .note { fill: #9198a1; }
    .ours { fill: #4493f8; }
    .peer { fill: #6e7681; }
    .met { fill: #3fb950; }
    .missed { fill: #f0883e; }
    .line { stroke: #9198a1; }
  }`;

/** A goal that is exceeded this many times fills the width; beyond, the bar does not grow. */
const MOST_OF_GOAL = 3;

/** The results as an SVG picture: the contests beside the bare route, and how far each figure is from its goal. */
export function drawResults({ machine, scenarios }: Results): string {
  const page = new Page();
  page.heading('Requests per second, beside a bare Fastify route');
  for (const [name, { contest }] of Object.entries(scenarios)) if (contest) drawContest(page, name, contest);
  const withGoal = Object.entries(scenarios).flatMap(([name, { figures }]) =>
    figures.filter(hasDistance).map((figure) => ({ name, figure })),
  );
  if (withGoal.length > 0) drawGoals(page, withGoal);
  page.note(machine);
  return page.svg();
}

function drawContest(page: Page, name: string, { about, rates }: Contest): void {
  const scale = (BAR_END - BAR_START) / Math.max(...Object.values(rates), 1);
  page.group(`${name}: ${about}`);
  for (const [contender, rate] of Object.entries(rates))
    page.bar(
      contender,
      rate * scale,
      contender.startsWith('this server') ? 'ours' : 'peer',
      rate.toFixed(2),
      rate * scale,
    );
}

function drawGoals(page: Page, figures: readonly { name: string; figure: Figure }[]): void {
  const scale = (BAR_END - BAR_START) / MOST_OF_GOAL;
  page.heading('Figures with a goal: beyond the line it is reached');
  const top = page.bottom;
  for (const { name, figure } of figures) {
    const [kind, verdict] = isMet(figure) ? ['met', ''] : ['missed', ', missed'];
    const length = Math.min(shareOfGoal(figure), MOST_OF_GOAL) * scale;
    page.bar(
      `${name}: ${figure.what}`,
      length,
      kind,
      `${shown(figure)} (${goalOf(figure)})${verdict}`,
      BAR_END - BAR_START,
    );
  }
  page.verticalLine(BAR_START + scale, top);
}

/** A count that must be exact is not nearer to its goal or farther from it. */
function hasDistance({ atLeast, atMost }: Figure): boolean {
  return (atLeast !== undefined || atMost !== undefined) && atLeast !== atMost;
}

/** 1 where the goal is just reached, more where it is exceeded. */
function shareOfGoal({ value, atLeast, atMost = Number.NaN }: Figure): number {
  return atLeast === undefined ? atMost / Math.max(value, Number.MIN_VALUE) : value / atLeast;
}

/** What is drawn goes below what has been drawn. */
class Page {
  readonly #parts: string[] = [];
  bottom = 0;

  heading(text: string): void {
    this.bottom += 1.5 * ROW;
    this.#text(MARGIN, this.bottom, 'heading', text);
    this.bottom += 12;
  }

  group(text: string): void {
    this.bottom += ROW;
    this.#text(MARGIN, this.bottom - 4, 'group', text);
  }

  bar(label: string, length: number, kind: string, value: string, valueAfter: number): void {
    const middle = this.bottom + ROW / 2 + 4;
    this.#text(LABEL_END, middle, 'label', label);
    this.#parts.push(
      `<rect class="${kind}" x="${BAR_START}" y="${this.bottom + (ROW - BAR) / 2}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/>`,
    );
    this.#text(BAR_START + valueAfter + 6, middle, 'value', value);
    this.bottom += ROW;
  }

  note(text: string): void {
    this.bottom += ROW;
    this.#text(MARGIN, this.bottom, 'note', text);
  }

  verticalLine(x: number, top: number): void {
    this.#parts.push(`<line class="line" x1="${x}" x2="${x}" y1="${top}" y2="${this.bottom}"/>`);
  }

  svg(): string {
    const height = this.bottom + MARGIN;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Results of the benchmarks">`,
      `<style>${STYLE}\n</style>`,
      ...this.#parts,
      '</svg>\n',
    ].join('\n');
  }

  #text(x: number, y: number, kind: string, text: string): void {
    this.#parts.push(`<text class="${kind}" x="${x.toFixed(1)}" y="${y}">${escaped(text)}</text>`);
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
