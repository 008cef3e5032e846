/** What upstream said of one answer. */
interface Issue {
  readonly answerId: string | null;
  readonly answerValue: string | null;
  readonly message: string | null;
}

/** An error as the server sends it, with the details of its code. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** The place in the result; the field's alias is last. */
  readonly path?: readonly (string | number)[];
  readonly argument?: string;
  readonly reason?: string;
  readonly issues?: readonly Issue[];
  readonly suggestions?: readonly { readonly answerId: string; readonly answer: string }[];
  readonly since?: string | null;
  readonly limit?: number;
  readonly used?: number;
  readonly resetsAt?: string;
  readonly retryAfterMs?: number;
  /** In which field the page has what it concerns; null or absent: it is the job itself. */
  readonly compared?: 'otherPlaces' | 'otherTitles' | null;
}

interface FormattedError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Partial<Problem>;
}

export function problemOf({ message, path, extensions }: FormattedError): Problem {
  return { ...extensions, code: extensions?.code ?? 'UNKNOWN', message, ...(path && { path }) };
}

/** The server could not be asked at all. */
export function unreachable(): Problem {
  return { code: 'UNREACHABLE', message: 'The server cannot be reached. Check the connection and try again.' };
}
