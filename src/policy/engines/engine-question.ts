import { type Awaitable, given, proceed } from "../../awaitable.ts";
import type { InquiryOptions } from "../extensions.ts";
import type { Inquiry } from "../inquiry.ts";
import { readAddress } from "../ip-range.ts";
import { Undecided } from "../reasoned-answer.ts";
import {
  type CedarEntity,
  type CedarRecord,
  type CedarValue,
  type EntityReference,
  entitiesFault,
  entityFault,
  isCedarRecord,
  isReference,
} from "./cedar-value.ts";
import type { Mapping, RequestFact } from "./mapping-options.ts";
import { knowsGroups, principalEntity, record } from "./principal-entity.ts";

/** What Cedar is asked, here or elsewhere. */
export interface EngineQuestion {
  readonly principal: CedarEntity;
  readonly action: EntityReference;
  readonly resource: EntityReference;
  readonly context: CedarRecord;
  /** All but that of the caller. */
  readonly entities: readonly CedarEntity[];
  /** Whether groups that the caller is not in are such that he is not in, and no such that nobody knows. */
  readonly groupsKnown: boolean;
}

const ownArguments = new Set(["action", "resourceType", "resourceId"]);

/**
 * Makes a question of an inquiry.
 *
 * The arguments `action`, `resourceType` and `resourceId` of the rule name what they say, by default the method (`GET` for
 * `HEAD`) and the route; all others are attributes of the context.
 *
 * @throws Undecided where the question cannot be put without saying something else.
 */
export function questionOf(inquiry: Inquiry, options: InquiryOptions, mapping: Mapping): Awaitable<EngineQuestion> {
  const principal = principalEntity(inquiry.principal, mapping);
  const action = { type: mapping.types.action, id: textArgument(inquiry, "action") ?? methodOf(inquiry) };
  const resource = resourceOf(inquiry, mapping);
  const context = contextOf(inquiry, mapping);
  for (const [noun, sayable] of [
    ["caller", entityFault(principal) === undefined],
    ["action", isReference(action)],
    ["resource", isReference(resource)],
    ["context", isCedarRecord(context)],
  ] as const) {
    if (!sayable) throw new Undecided(`the ${noun} holds what Cedar has no value for`);
  }
  const question = { principal, action, resource, context, groupsKnown: knowsGroups(inquiry.principal, mapping) };
  return proceed(given(mapping.entities(inquiry, options)), (entities) => {
    requireEntities(entities, principal.uid);
    return { ...question, entities };
  });
}

function methodOf({ method }: Inquiry): string {
  return method === "HEAD" ? "GET" : method;
}

function textArgument(inquiry: Inquiry, name: string): string | undefined {
  const value = inquiry.arguments[name];
  if (value === undefined || typeof value === "string") return value;
  throw new Undecided(`the argument ${name} is no text`);
}

function resourceOf(inquiry: Inquiry, { types }: Mapping): EntityReference {
  const type = textArgument(inquiry, "resourceType");
  const id = textArgument(inquiry, "resourceId");
  if (type !== undefined && id !== undefined) return { type, id };
  if (type !== undefined || id !== undefined) throw new Undecided("resourceType and resourceId belong together");
  if (inquiry.route === undefined) throw new Undecided("there is no route, and the rule names no resource");
  return { type: types.route, id: inquiry.route };
}

function contextOf(inquiry: Inquiry, { request }: Mapping): CedarRecord {
  const members: [string, CedarValue | undefined][] = Object.entries(inquiry.arguments).filter(
    ([name]) => !ownArguments.has(name),
  );
  if (request.size > 0) {
    if (members.some(([name]) => name === "request")) {
      throw new Undecided("an argument has the name request, which stands for the request");
    }
    members.push(["request", factsOf(inquiry, request)]);
  }
  return record(members);
}

function factsOf({ method, path, route, params, remoteAddress, now }: Inquiry, chosen: ReadonlySet<RequestFact>) {
  const facts: Record<RequestFact, CedarValue | undefined> = {
    method,
    path,
    route,
    params,
    ip: addressOf(remoteAddress),
    now,
  };
  return record(Object.entries(facts).filter(([name]) => chosen.has(name as RequestFact)));
}

/** The address as policies compare it: that of IPv4 where it is mapped into IPv6, and without a zone. */
function addressOf(text: string | undefined): CedarValue | undefined {
  const groups = text === undefined ? undefined : readAddress(text);
  if (groups === undefined) return undefined;
  const arg =
    groups.length === 2
      ? groups.flatMap((group) => [group >> 8, group & 255]).join(".")
      : groups.map((group) => group.toString(16)).join(":");
  return { __extn: { fn: "ip", arg } };
}

function requireEntities(entities: readonly CedarEntity[], { type, id }: EntityReference): void {
  const fault = entitiesFault(entities);
  if (fault !== undefined) throw new TypeError(`what entities gave: ${fault}`);
  // What it says of him would stand beside what is verified.
  if (entities.some(({ uid }) => uid.type === type && uid.id === id)) {
    throw new TypeError("what entities gave: there is one for the caller himself");
  }
}
