/** The teas of the shop. */
export const TEAS = [
  {
    id: "sencha",
    name: "Sencha",
    note: "Green and fresh, like cut grass",
    euros: 7,
  },
  {
    id: "assam",
    name: "Assam",
    note: "Strong and malty, for the morning",
    euros: 6,
  },
  {
    id: "oolong",
    name: "Oolong",
    note: "Half green, half black, all flowers",
    euros: 9,
  },
  {
    id: "rooibos",
    name: "Rooibos",
    note: "Red, mild, and without caffeine",
    euros: 5,
  },
] as const;

export type TeaId = typeof TEAS[number]["id"];
export const TEA_IDS = TEAS.map(({ id }) => id);

/** The most packets in a cart. */
export const CART_LIMIT = 20;
