// Change a secret without logging anybody out, in three deploys. If the old one leaked, go to the
// third at once: that ends all sessions.
export const stages = (old: string, fresh: string): string[][] => [
  [old, fresh], // 1. on every server: the new secret is accepted everywhere
  [fresh, old], // 2. the new secret signs; each cookie is sealed again at the next visit
  [fresh], // 3. once lifetime.absolute is over; visitors who were not back by then are logged out
];
