/** The teas of the shop. */
export const TEAS = [
  { id: "sencha", name: "Sencha", note: "Green, like cut grass" },
  { id: "assam", name: "Assam", note: "Strong and malty, for the morning" },
  { id: "oolong", name: "Oolong", note: "Half green, half black" },
  { id: "rooibos", name: "Rooibos", note: "Red, and without caffeine" },
] as const;

export type TeaId = typeof TEAS[number]["id"];
export const TEA_IDS = TEAS.map(({ id }) => id);

/** The most packets in a cart. */
export const CART_LIMIT = 20;
