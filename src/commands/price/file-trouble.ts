/** What people can do about a file that cannot be written, by the system's name for it. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left',
  EDQUOT: 'there is no space left for this user',
  EFBIG: 'a file may not be so large',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'nothing can be written there',
};

/** The result of `work`, which writes files in a directory. Throws an Error in words where the system lets it not. */
export async function writingIn<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? REASONS[String(error.code)] : undefined;
    if (reason === undefined) throw error;
    throw new Error(`The output, and what is kept beside it meanwhile, cannot be written in ${directory}: ${reason}.`, {
      cause: error,
    });
  }
}
