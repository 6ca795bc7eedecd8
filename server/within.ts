/**
 * Resolves as the promise does, or with undefined after so many milliseconds.
 * Leaves no timer behind, which would hold up the end of the process.
 */
export async function within<T>(
  milliseconds: number,
  promise: PromiseLike<T> | undefined,
): Promise<T | undefined> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, milliseconds);
  try {
    return await Promise.race([promise, late.promise]) ?? undefined;
  } finally {
    clearTimeout(timer);
  }
}
