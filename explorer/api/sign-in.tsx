import { useState, type SubmitEvent } from 'react';
import type { AskerFragment } from '../generated/operations.ts';
import type { Settings } from '../settings.ts';

interface SignInProps {
  readonly mode: Exclude<Settings['authMode'], 'none'>;
  /** Whether the one that was given is not accepted. */
  readonly refused: boolean;
  readonly onEnter: (value: string) => void;
}

/** Asks for the key or token that the server wants. */
export function SignIn({ mode, refused, onEnter }: SignInProps) {
  const [value, setValue] = useState('');
  const name = mode === 'jwt' ? 'Token' : 'API key';
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (value.trim() !== '') onEnter(value.trim());
  };
  return (
    <form className="card sign-in" onSubmit={submit} aria-label="Sign in">
      <h2>{mode === 'jwt' ? 'Enter your token' : 'Enter your API key'}</h2>
      <p>This server answers only those it knows. What you enter is kept for this tab until you close it.</p>
      <div className={refused ? 'field wrong' : 'field'}>
        <label htmlFor="credential">{name}</label>
        <input
          id="credential"
          type="password"
          autoComplete="off"
          // There is nothing else to do here.
          autoFocus
          aria-invalid={refused || undefined}
          aria-describedby={refused ? 'credential-problem' : undefined}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        {refused && (
          <p className="problem" id="credential-problem" role="alert">
            The server does not accept it.
          </p>
        )}
      </div>
      <button type="submit" className="primary">
        Continue
      </button>
    </form>
  );
}

/** Who asks, and what that client may do. */
export function SignedIn({ asker, onLeave }: { readonly asker: AskerFragment; readonly onLeave: () => void }) {
  return (
    <p className="signed-in">
      <span>
        <strong>{asker.name ?? 'Signed in'}</strong> {mayDo(asker)}
      </span>
      <button type="button" onClick={onLeave}>
        Sign out
      </button>
    </p>
  );
}

function mayDo({ canBuy, buying, operator }: AskerFragment): string {
  const reads = operator ? 'may see usage and ' : 'may ';
  if (canBuy) return `${reads}buy reports`;
  return `${reads}read what is stored${buying ? '' : '; purchases are stopped'}`;
}
