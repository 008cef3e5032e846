/**
 * Thrown where an answer cannot be made of what is in memory, or not without knowing more. Nothing has been done then:
 * nothing counted, bought or waited for. The operation is executed instead, and that is where errors come from.
 */
class GiveUp extends Error {
  override readonly name = 'GiveUp';
}

/** One for all, since nobody looks at it: a stack trace would cost more than the attempt. */
export const GIVE_UP: Error = new GiveUp('This answer is not made of what is in memory.');
