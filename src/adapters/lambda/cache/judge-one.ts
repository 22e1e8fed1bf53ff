import type { Authorizer } from "../../../authorizer.ts";
import { authorizerContext } from "../authorizer-context.ts";
import { fitsGateway, type Judge, tooLarge } from "../outcome.ts";
import { keyedRequest } from "./identity-source.ts";
import type { Keeping } from "./keeping.ts";

/** Makes what decides about the one request that is asked about, by what is part of the key. */
export function oneRequestJudge(authorizer: Authorizer, { sources, until }: Keeping): Judge {
  return async function judgeOne(question) {
    const request = question.toRequest();
    const [path = ""] = request.target.split("?");
    const decision = await authorizer.authorize(keyedRequest(request, path, sources));
    if (decision.allowed !== true) return decision;
    const { principal } = decision;
    const answer = question.allow(principal, authorizerContext(principal, undefined, until()));
    return fitsGateway(answer) ? { answer } : { error: tooLarge(), principal };
  };
}
