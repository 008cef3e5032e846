export interface Column {
  readonly name: string;
  /** How its numbers are shown. In a CSV they are plain. */
  readonly format?: (value: number) => string;
  /** What its numbers are of, which a CSV says of plain ones: `USD per year`. */
  readonly unit?: string;
}

export type Cell = string | number | null;

/** What a picture shows, as figures. The first cell of a row names it. */
export interface TableData {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}
