import type { IncomingMessage } from "node:http";
import type { DocumentNode, GraphQLSchema } from "graphql";
import type { Authorizer } from "../../authorizer.ts";
import { ConfigurationError, refuseUnknownOptions } from "../../configuration.ts";
import { AuthError } from "../../errors.ts";
import type { Principal } from "../../principal.ts";
import { knownNotes } from "../express/request-notes.ts";
import { type AskedFields, askedFields } from "./asked-fields.ts";
import { readOperation, refused } from "./operation.ts";
import { requireAskable } from "./require-askable.ts";
import { readSchemaTypes, type SchemaTypes } from "./schema-types.ts";

/** What {@link guardOperation} takes beside the authorizer. */
export interface GuardOperationOptions {
  /** The schema that operations are executed with, or its text (SDL). */
  readonly schema: GraphQLSchema | string;
}

/** An operation that is about to be executed. */
export interface AskedOperation {
  /** The document, parsed or as it came. */
  readonly document: DocumentNode | string;
  /** Which of its operations; needed where there are several. */
  readonly operationName?: string | null | undefined;
}

/**
 * Judges GraphQL operations in Express by the policy's `fields`, before they are executed: every field that the operation asks and
 * that a rule is for, however it is wrapped in fragments, must be allowed.
 *
 * A gate ahead of it, `authorize` or `guard` of `poolgate/express`, has verified the request.
 *
 * @returns what gives the caller; it rejects with an AuthError: `access_denied` and its kin, `invalid_request` where the document
 * cannot be judged.
 * @throws ConfigurationError where the policy has no `fields`, or a rule for a field that the schema does not have.
 */
export function guardOperation<P extends Principal>(
  authorizer: Authorizer<P>,
  options: GuardOperationOptions,
): (req: IncomingMessage, operation: AskedOperation) => Promise<P> {
  const owner = "guardOperation";
  refuseUnknownOptions(owner, options, ["schema"]);
  if (options.schema === undefined) {
    throw new ConfigurationError(
      "missing_option",
      `${owner}.schema`,
      "pass the schema that operations are executed with",
    );
  }
  const schema = readSchemaTypes(`${owner}.schema`, options.schema);
  requireAskable(owner, authorizer?.policy, schema);

  return async function judge(req, { document, operationName }) {
    const request = knownNotes(req)?.request;
    if (request === undefined) {
      const advice = "no gate has seen this request; mount authorize(...) or guard(...) of poolgate/express ahead";
      throw new ConfigurationError("missing_option", owner, advice);
    }
    const { fields, nested } = askedBy({ document, operationName }, schema);
    const decision = await authorizer.authorize(request, { fields, nested });
    if (decision.allowed !== true) throw decision.error;
    return decision.principal;
  };
}

function askedBy({ document, operationName }: AskedOperation, schema: SchemaTypes): AskedFields {
  try {
    return askedFields(readOperation(document, operationName), schema);
  } catch (thrown) {
    if (thrown instanceof AuthError) throw thrown;
    // Where a service hands on what came in a body, an object can be anything.
    throw refused("the document is not as a parser makes it");
  }
}
