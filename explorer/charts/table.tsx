import type { Cell, Column, TableData } from './table-data.ts';

export function Table({ caption, columns, rows }: TableData) {
  return (
    <div className="table" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([head, ...cells]) => (
            <tr key={String(head)}>
              <th scope="row">{text(head ?? null, columns[0])}</th>
              {cells.map((cell, at) => (
                <td key={columns[at + 1]?.name}>{text(cell, columns[at + 1])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function text(cell: Cell, column: Column | undefined): string {
  if (cell === null) return '–';
  return typeof cell === 'number' && column?.format ? column.format(cell) : String(cell);
}
