import type { Policy } from "../policy/define-policy.ts";
import { createJudge, type PersonaRequest } from "./judge.ts";
import type { ReadPersona } from "./persona.ts";
import { personaPrincipal } from "./persona-principal.ts";
import type { Personas } from "./personas.ts";
import { sampleRequests } from "./sample-requests.ts";

/** `some`: it depends on parameters, query or headers. `unreached`: other routes claim all requests that were tried. */
export type CellOutcome = "allow" | "deny" | "some" | "unreached";

/** What one persona may do on one route. */
export interface MatrixCell {
  readonly outcome: CellOutcome;
  /** A request that was judged: one that is allowed where any is. */
  readonly request?: string;
  /** Why, as lines for a person. */
  readonly why: string;
}

/** One route with a cell for each persona. */
export interface MatrixRow {
  readonly route: string;
  readonly cells: readonly MatrixCell[];
}

/** Who may do what. */
export interface Matrix {
  /** The names of the personas; an anonymous caller is always one of them. */
  readonly personas: readonly string[];
  readonly rows: readonly MatrixRow[];
  /** What the policy has beside routes, and the matrix does not show. */
  readonly notShown: readonly ("fields" | "connect")[];
}

/**
 * Judges sample requests of every persona to every route of a policy.
 *
 * @param progress is told how many routes are done.
 */
export async function createMatrix(
  policy: Policy,
  personas: Personas,
  progress: (done: number, total: number) => void,
): Promise<Matrix> {
  const now = Date.now();
  const judge = createJudge(policy, now);
  const anonymous: ReadPersona = { name: "anonymous", kind: "anonymous", credential: "none" };
  const callers = new Map([[anonymous.name, anonymous], ...personas]);
  const { document } = policy;
  const routes = Object.keys(document.routes);
  const rows: MatrixRow[] = [];
  for (const route of routes) {
    const cells: MatrixCell[] = [];
    for (const persona of callers.values()) {
      const judged: Judged[] = [];
      for (const request of sampleRequests(policy, route, personaPrincipal(persona, now))) {
        const decision = await judge(persona, request);
        judged.push({ request, allowed: decision.allowed, account: () => decision.explain().text });
      }
      cells.push(cellOf(judged));
    }
    rows.push({ route, cells });
    progress(rows.length, routes.length);
  }
  const notShown = (["fields", "connect"] as const).filter((name) => document[name] !== undefined);
  return { personas: [...callers.keys()], rows, notShown };
}

interface Judged {
  readonly request: PersonaRequest;
  readonly allowed: boolean;
  readonly account: () => string;
}

function cellOf(judged: readonly Judged[]): MatrixCell {
  const allowed = judged.find((one) => one.allowed);
  const denied = judged.find((one) => !one.allowed);
  const shown = allowed ?? denied;
  if (shown === undefined) return { outcome: "unreached", why: "no request was found that other routes do not claim" };
  const request = `${shown.request.method} ${shown.request.target}`;
  const why = accountText(shown);
  if (allowed === undefined || denied === undefined) {
    return { outcome: allowed === undefined ? "deny" : "allow", request, why };
  }
  return { outcome: "some", request, why: `${why}\n\nand with other values:\n${accountText(denied)}` };
}

/** The account under the request that it is of; who calls is told by the column. */
function accountText({ request, account }: Judged): string {
  const names = (request.headers ?? []).filter((_, index) => index % 2 === 0);
  const headers = names.length === 0 ? "" : ` with ${names.join(", ")}`;
  const lines = account()
    .split("\n")
    .filter((line) => !/^(?:caller|route): /.test(line));
  return [`${request.method} ${request.target}${headers}`, ...lines].join("\n");
}
