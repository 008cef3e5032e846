import type { TestProject } from 'vitest/node';

/** Prepares something for this run, and for later ones where files are watched, if the path of one of their files is such. */
export async function beforeRuns(project: TestProject, such: RegExp, prepare: () => Promise<void>): Promise<void> {
  const prepareFor = async (paths: readonly string[]): Promise<void> => {
    if (paths.some((path) => such.test(path))) await prepare();
  };
  project.onTestsRerun((specifications) => prepareFor(specifications.map(({ moduleId }) => moduleId)));
  await prepareFor(project.vitest.state.getPaths());
}
