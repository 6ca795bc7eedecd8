// Stands for your own table of users, so that the recipe runs. Do not copy it: examples/accounts
// hashes passwords.

export interface User {
  readonly id: string;
  /** Raised by a change of password: sessions with a lower one are over. */
  readonly epoch: number;
}

const users = new Map<string, User>(
  ["jay", "eve"].map((id) => [id, { id, epoch: 0 }]),
);

export function findUser(id: string): Promise<User | null> {
  return Promise.resolve(users.get(id) ?? null);
}

/**
 * The user with this name and password, or null. Read the epoch and the
 * password's hash in one query: if the epoch is read after the slow check of the
 * password, a sign-in with the old password can survive its change.
 */
export async function checkPassword(
  name: string,
  password: string,
): Promise<User | null> {
  const user = await findUser(name);
  return password === "right" ? user : null;
}

export async function raiseEpoch(id: string): Promise<void> {
  const user = await findUser(id);
  if (user !== null) users.set(id, { id, epoch: user.epoch + 1 });
}
