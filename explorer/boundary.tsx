import { Component, type ReactNode } from 'react';

/** Says so where a part of the page cannot be shown: the server may have another version of it by now. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <section className="card empty" role="alert">
        <h2>This cannot be shown</h2>
        <p>Nothing is bought by loading the page again, and what was bought is stored.</p>
        <button type="button" className="primary" onClick={() => location.reload()}>
          Load the page again
        </button>
      </section>
    );
  }
}
