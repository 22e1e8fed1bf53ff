import { describeHeaders } from "./describe-witness.ts";
import type { Place } from "./place.ts";
import { witnessInput } from "./witness-input.ts";

/** What functions and engines are told as the route of a connection. */
export const connectRoute = "$connect";

/** The opening of a WebSocket connection. */
export const connectPlace: Place = {
  ask(facts) {
    const seen = witnessInput(facts, "GET", "/");
    const { target } = seen.request;
    const request = { connect: true, ...(target !== "/" && { target }), ...describeHeaders(facts) } as const;
    return { seen, request: Object.freeze(request) };
  },
  judgedBy: ({ connect }) => connect && { route: connectRoute, rule: connect, params: {} },
};
