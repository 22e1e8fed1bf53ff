import type { Endpoint } from "../../src/endpoint.ts";

/**
 * A broker to which its client comes again where it does not answer in time: on a busy machine the stand-ins of AWS take longer
 * than a broker lets a client wait, and whoever comes again with his token joins the exchange. Other refusals it hands on.
 */
export function patient(broker: Endpoint): Endpoint {
  return {
    ...broker,
    async handle(request) {
      for (;;) {
        const answer = await broker.handle(request);
        const late = answer.status === 503 && answer.headers["retry-after"] === "1";
        if (!late) return answer;
      }
    },
  };
}
