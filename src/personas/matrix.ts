import { sampleField } from "../policy/analysis/sample-field.ts";
import type { Policy } from "../policy/define-policy.ts";
import type { FieldKey } from "../policy/field-key.ts";
import type { Principal } from "../principal.ts";
import { createJudge, type PersonaRequest } from "./judge.ts";
import type { ReadPersona } from "./persona.ts";
import { personaPrincipal } from "./persona-principal.ts";
import type { Personas } from "./personas.ts";
import { forFields, requestText, toConnect } from "./request-text.ts";
import { samplePathless, sampleRequests } from "./sample-requests.ts";

/** `some`: it depends on parameters, query or headers. `unreached`: other rows claim all requests that were tried. */
export type CellOutcome = "allow" | "deny" | "some" | "unreached";

/** What one persona may do in one row. */
export interface MatrixCell {
  readonly outcome: CellOutcome;
  /** A request that was judged: one that is allowed where any is. */
  readonly request?: string;
  /** Why, as lines for a person. */
  readonly why: string;
}

/** One route, key of fields, or `connect`, with a cell for each persona. */
export interface MatrixRow {
  /** The key of the route, `fields` with a key of them, such as `fields Mutation.*`, or `connect`. */
  readonly route: string;
  readonly cells: readonly MatrixCell[];
}

/** Who may do what. */
export interface Matrix {
  /** The names of the personas; an anonymous caller is always one of them. */
  readonly personas: readonly string[];
  readonly rows: readonly MatrixRow[];
}

/**
 * Judges sample requests of every persona to whatever a policy has a rule for.
 *
 * @param progress is told how many rows are done.
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
  const asked = askedOf(policy);
  const rows: MatrixRow[] = [];
  for (const { route, samples } of asked) {
    const cells: MatrixCell[] = [];
    for (const persona of callers.values()) {
      const judged: Judged[] = [];
      for (const request of samples(personaPrincipal(persona, now))) {
        const decision = await judge(persona, request);
        judged.push({ request, allowed: decision.allowed, account: () => decision.explain().text });
      }
      cells.push(cellOf(judged));
    }
    rows.push({ route, cells });
    progress(rows.length, asked.length);
  }
  return { personas: [...callers.keys()], rows };
}

/** A row before its cells: its heading, and requests that tell callers apart. */
interface AskedRow {
  readonly route: string;
  readonly samples: (principal: Principal) => readonly PersonaRequest[];
}

function askedOf(policy: Policy): readonly AskedRow[] {
  const { routes, fields = {}, connect } = policy.document;
  const keys = new Set(Object.keys(fields) as FieldKey[]);
  return [
    ...Object.keys(routes).map((route) => ({
      route,
      samples: (principal: Principal) => sampleRequests(policy, route, principal),
    })),
    ...Object.entries(fields).map(([key, rule]) => {
      const field = sampleField(key as FieldKey, keys);
      return {
        route: `fields ${key}`,
        samples: (principal: Principal) =>
          field === undefined ? [] : samplePathless(policy, rule, forFields([field]), principal),
      };
    }),
    ...(connect === undefined
      ? []
      : [
          {
            route: "connect",
            samples: (principal: Principal) => samplePathless(policy, connect, toConnect(""), principal),
          },
        ]),
  ];
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
  if (shown === undefined) return { outcome: "unreached", why: "no request was found that other rows do not claim" };
  const request = requestText(shown.request);
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
    .filter((line) => !/^(?:caller|route|field): /.test(line));
  return [`${requestText(request)}${headers}`, ...lines].join("\n");
}
