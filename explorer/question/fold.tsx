import { useEffect, useState, type ReactNode } from 'react';

interface FoldProps {
  readonly label: string;
  /** Whether something is in it. */
  readonly filled: boolean;
  /** Whether something in it has to be seen. */
  readonly wrong?: boolean;
  readonly children: ReactNode;
}

/** Fields that are folded until they are wanted. */
export function Fold({ label, filled, wrong = false, children }: FoldProps) {
  const [open, setOpen] = useState(filled);
  // Also where another question is gone back to.
  useEffect(() => {
    if (filled) setOpen(true);
  }, [filled]);
  return (
    <details className="more" open={open || wrong} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      {children}
    </details>
  );
}
