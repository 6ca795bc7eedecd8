/**
 * For what follows an action after a while: looks again until `look` throws no more, and resolves
 * with its result. After `seconds` it rejects with the last error, such as a failed assertion.
 */
export async function eventually<T>(
  look: () => T | Promise<T>,
  seconds = 30,
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  while (true) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
