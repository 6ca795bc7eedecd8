import * as z from "zod";
import { payloadOf, textOf } from "../cookie_parts.ts";
import type { LabServer } from "./lab_server.ts";

const sample = z.object({ name: z.string().max(100) });

/** A server as one should not write it: the cookie is the data, and whoever brings it is believed. */
export const unsealedServer: LabServer = {
  mint: (data) => Promise.resolve(payloadOf(JSON.stringify(data))),
  open(value) {
    try {
      const { name } = sample.parse(JSON.parse(textOf(value)));
      return Promise.resolve({ name });
    } catch {
      return Promise.resolve({ rejected: "malformed" }); // not JSON, or no name in it
    }
  },
  logout: () => Promise.resolve(),
};
