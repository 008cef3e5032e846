import compareCities from './examples/compare-cities.graphql?raw';
import compareCitiesVariables from './examples/compare-cities.variables.json?raw';
import followReport from './examples/follow-report.graphql?raw';
import report from './examples/report.graphql?raw';
import requestReport from './examples/request-report.graphql?raw';
import skillImpact from './examples/skill-impact.graphql?raw';
import suggestions from './examples/suggestions.graphql?raw';
import usage from './examples/usage.graphql?raw';

// The file's final newline would show as an empty line in the editor.
const tab = (query: string, variables?: string) => ({
  query: query.trimEnd(),
  variables: variables?.trimEnd() ?? null,
});

/** The tabs on a first visit, in order. After that, GraphiQL keeps the visitor's tabs in local storage. */
export const examples = [
  tab(report),
  tab(compareCities, compareCitiesVariables),
  tab(followReport),
  tab(skillImpact),
  tab(suggestions),
  tab(requestReport),
  tab(usage),
];
