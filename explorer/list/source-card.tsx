import { useId, useState, type DragEvent } from 'react';
import { parseList, type List } from './parse-list.ts';
import { textOf, UnreadableList } from './read-text.ts';

interface SourceCardProps {
  readonly onRead: (name: string, list: List) => void;
}

const EXAMPLE = `Job title,City,State,Country,Years
Software Developer,Seattle,Washington,United States,5
registered nurse,Chicago,Illinois,United States,12
Accountant,London,England,United Kingdom,
Wizard,Denver,Colorado,United States,3
Electrician,Boston,Massachusetts,United States,ninety
`;

/** Takes a list: dropped, chosen or pasted. It stays in the page but for the answers that are asked about. */
export function SourceCard({ onRead }: SourceCardProps) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);
  const id = useId();

  const read = async (name: string, content: Promise<string>): Promise<void> => {
    try {
      onRead(name, parseList(await content));
    } catch (error) {
      // A file may be gone, or not be allowed to be read.
      setProblem(error instanceof UnreadableList ? error.message : 'The file cannot be read.');
    }
  };
  const take = (files: FileList | null): void => {
    const [file] = files ?? [];
    if (file) void read(file.name, textOf(file));
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const { files } = event.dataTransfer;
    if (files.length > 0) take(files);
    else void read('dropped.csv', Promise.resolve(event.dataTransfer.getData('text/plain')));
  };
  return (
    <section className="card source" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Price a list of jobs</h2>
      <p className="note">
        A CSV file, or cells copied from a spreadsheet. The first line names the columns: a job title and a country at
        least; state, city, years of experience, degree, skills and more if there are any. Reading and pricing it costs
        nothing.
      </p>
      <div className="ways">
        <div
          className={isOver ? 'drop over' : 'drop'}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <label htmlFor={`${id}-file`}>Drop a file here, or choose one</label>
          <input
            id={`${id}-file`}
            type="file"
            accept=".csv,.tsv,.txt,text/csv,text/plain"
            onChange={(event) => {
              take(event.currentTarget.files);
              // So that the same file can be chosen again when it has been mended.
              event.currentTarget.value = '';
            }}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-text`}>Or paste it</label>
          <textarea
            id={`${id}-text`}
            rows={6}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <div className="actions">
            <button
              type="button"
              className="primary"
              onClick={() => void read('pasted.csv', Promise.resolve(text))}
              aria-disabled={text.trim() === '' || undefined}
            >
              Read what is pasted
            </button>
            <button type="button" onClick={() => setText(EXAMPLE)}>
              Fill in an example
            </button>
          </div>
        </div>
      </div>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
