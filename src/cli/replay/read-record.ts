import { type LoggedDecision, type LoggedLoss, logVersion } from "../../observe/logged-decision.ts";

/** Reads a line of a decision log; undefined where it is none. Whoever could write to the file may have written it. */
export function readRecord(text: string): LoggedDecision | LoggedLoss | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value.v !== logVersion || typeof value.time !== "string") return undefined;
  if (Number.isNaN(Date.parse(value.time))) return undefined;
  if ("dropped" in value) {
    const { dropped } = value;
    return Number.isSafeInteger(dropped) && Number(dropped) > 0 ? (value as unknown as LoggedLoss) : undefined;
  }
  return fits(value, decisionShape) ? (value as unknown as LoggedDecision) : undefined;
}

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown) => typeof value === "string";
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isFilled = (value: unknown) => isTexts(value) && (value as readonly string[]).length > 0;
const isMode = (value: unknown) => value === undefined || value === "hash" || value === "omit";
const optional = (check: (value: unknown) => boolean) => (value: unknown) => value === undefined || check(value);
const recordOf = (check: (value: unknown) => boolean) => (value: unknown) =>
  isObject(value) && Object.values(value).every(check);
const isValues = recordOf(
  (value) =>
    value === null ||
    isText(value) ||
    typeof value === "number" ||
    typeof value === "boolean" ||
    isTexts(value) ||
    (isObject(value) && (value.state === "repeated" || value.state === "unreadable")),
);

const principalShape: Shape = {
  kind: (value) => ["user", "client", "role", "guest", "anonymous"].includes(value as string),
  id: optional(isText),
  issuer: isText,
  verifiedBy: isText,
  userId: optional(isText),
  identityId: optional(isText),
  clientId: optional(isText),
  groups: optional((value) => fits(value, { names: isTexts, closed: (closed) => typeof closed === "boolean" })),
  scopes: optional(isTexts),
  role: optional((value) => fits(value, { partition: isText, account: isText, name: isText })),
  tags: optional(isValues),
  claims: optional(isValues),
  authenticatedAt: optional((value) => isText(value) && !Number.isNaN(Date.parse(value as string))),
};

const decisionShape: Shape = {
  allowed: (value) => typeof value === "boolean",
  code: optional(isText),
  route: optional(isText),
  fields: optional(isFilled),
  nested: optional((value) => value === null || isTexts(value)),
  method: isText,
  methods: optional(isFilled),
  path: optional(isText),
  hidden: optional((value) => Array.isArray(value) && value.every((index) => Number.isInteger(index))),
  ids: isMode,
  params: isMode,
  principal: optional((value) => fits(value, principalShape)),
  address: optional((value) => value === null || isText(value)),
  query: optional(isValues),
  headers: optional(isValues),
  guard: optional((value) =>
    fits(value, { rule: (rule) => isText(rule) || isObject(rule), params: optional(recordOf(isText)) }),
  ),
  cut: optional((value) => value === true),
};

function fits(value: unknown, shape: Shape): boolean {
  return isObject(value) && Object.entries(shape).every(([name, check]) => check(value[name]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
