import { useGraphiQL } from '@graphiql/react';
import { useEffect } from 'react';

/**
 * Folds the pane of variables and headers when a tab is opened that has neither, and unfolds it for one that has. What the
 * visitor does with it afterwards is left alone. GraphiQL has one state for all tabs and lets only its button change it.
 */
export function FoldVariables(): null {
  const tab = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]);
  const needed = [tab?.variables, tab?.headers].some((text) => text?.trim());

  useEffect(() => {
    const button = document.querySelector<HTMLButtonElement>('.graphiql-toggle-editor-tools');
    const folded = button?.ariaLabel?.startsWith('Show');
    if (folded === needed) button?.click();
    // Only a change of tabs is a reason, not what is typed in one.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [tab?.id]);

  return null;
}
