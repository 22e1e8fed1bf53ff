import { type DocumentNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse } from "graphql";
import { AuthError } from "../../errors.ts";

/** The operation of a document that would be executed, and the fragments that it may use. */
export interface Operation {
  readonly node: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** A document nests no deeper than its tokens allow, and takes no longer to read. */
const parserOptions = { noLocation: true, maxTokens: 10_000 } as const;
/** Comments and strings are no tokens, or one each. */
const maximumLength = 256 * 1024;
/**
 * Characters that end a comment for some parsers, graphql-java among them, whose words AppSync answers with, and not for others
 * (https://spec.graphql.org/October2021/#sec-Line-Terminators): what stands behind them would be a field to the one and a comment to
 * the other.
 */
const otherLineEnds = /[\u2028\u2029]/;

/**
 * Finds the operation of a document as the executor does (https://spec.graphql.org/October2021/#GetOperation()), and refuses what
 * two executors could read differently: a name that two operations or two fragments share, and what is no operation.
 *
 * @param operationName what the request says; empty or absent where it does not say.
 * @throws AuthError `invalid_request`
 */
export function readOperation(source: unknown, operationName: unknown): Operation {
  const { definitions } = typeof source === "string" ? parsed(source) : given(source);
  const operations: OperationDefinitionNode[] = [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    else if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      const { value } = definition.name;
      // An executor finds fragments by what a name comes to as a text: a list that holds "A" would take the place of the fragment A.
      if (typeof value !== "string") throw refused("the document is not as a parser makes it");
      if (fragments.has(value)) throw refused("two fragments of the document have one name");
      fragments.set(value, definition);
    } else throw refused("the document holds more than operations and fragments");
  }
  const names = operations.map(({ name }) => name?.value);
  if (new Set(names).size < names.length) throw refused("two operations of the document have one name");
  return { node: chosen(operations, operationName ?? ""), fragments };
}

function chosen(operations: readonly OperationDefinitionNode[], name: unknown): OperationDefinitionNode {
  const [first, ...more] = operations;
  if (first === undefined) throw refused("the document has no operation");
  if (name === "") {
    if (more.length > 0) throw refused("the document has several operations, and none is chosen");
    return first;
  }
  const found = operations.find((operation) => operation.name?.value === name);
  if (found === undefined) throw refused("the document has no operation of the chosen name");
  return found;
}

function given(source: unknown): DocumentNode {
  const document = source as DocumentNode | null | undefined;
  if (Array.isArray(document?.definitions)) return document;
  throw refused("there is no document");
}

function parsed(source: string): DocumentNode {
  if (source.length > maximumLength) throw refused("the document is too long");
  if (otherLineEnds.test(source)) throw refused("the document has a character that ends a line for some parsers");
  try {
    return parse(source, parserOptions);
  } catch {
    // What the parser says quotes the document.
    throw refused("the document is no GraphQL, or too large");
  }
}

/** The refusal of a document. */
export function refused(reason: string): AuthError {
  return new AuthError("invalid_request", { reason });
}
