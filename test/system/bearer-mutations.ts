import type { Choices } from "./choices.ts";
import type { GoodToken } from "./good-token.ts";

/** A request as names and values of headers, with the query that goes with it. */
export interface BearerRequest {
  readonly headers: readonly string[];
  readonly query?: string;
}

/** Makes a request of a good token that does not bring it as it should; it may still bring it. */
export type BearerMutation = (token: GoodToken, choices: Choices, others: readonly GoodToken[]) => BearerRequest;

const one = (value: string): BearerRequest => ({ headers: ["Authorization", value] });
/** Letters that look like those of "Bearer", or become them by another comparison. */
const lookalikes = [
  "\uff22earer",
  "B\u0435arer",
  "Be\u0430rer",
  "Bearer\u0301",
  "\u212cearer",
  "BEARER\u017f",
  "Bea\u00adrer",
  "\u200bBearer",
];

const otherCaseOf = (text: string, choices: Choices) =>
  text.replace(/[a-z]/gi, (found) => (choices.chance(2) ? found.toUpperCase() : found.toLowerCase()));

function altered(raw: string, choices: Choices): string {
  const at = choices.below(raw.length);
  return raw.slice(0, at) + choices.text(1) + raw.slice(at + 1);
}

const otherScheme: BearerMutation = ({ raw }, choices) => {
  const schemes = [
    "Token",
    "JWT",
    "DPoP",
    "Basic",
    "MAC",
    "Digest",
    "AWS4-HMAC-SHA256",
    "Bearer Bearer",
    "Bearers",
    "Beare",
    "",
    "Bearer:",
    "Bearer=",
    ...lookalikes,
  ];
  return one(`${choices.pick(schemes)}${choices.pick([" ", "", "  "])}${raw}`);
};

const otherSpaces: BearerMutation = ({ raw }, choices) => {
  const blank = choices.pick([
    "",
    "  ",
    "\t",
    " \t",
    "\u00a0",
    "\u2003",
    "\u3000",
    "\u0000",
    "\v",
    "\r\n ",
    "+",
    "%20",
    ":",
    "=",
    " ".repeat(1 + choices.below(30)),
  ]);
  const end = choices.pick(["", "", " ", "\t", "\u00a0", "\u0000", ";", ` ${choices.text(4)}`]);
  return one(choices.pick(["", "", " ", "\t"]) + otherCaseOf("bearer", choices) + blank + raw + end);
};

const listed: BearerMutation = ({ raw }, choices, others) => {
  const other = choices.pick([choices.pick(others).raw, altered(raw, choices), choices.text(5)]);
  const comma = choices.pick([",", ", ", " , ", ",,", ";", "; ", "|"]);
  return one(
    choices.pick([
      `Bearer ${raw}${comma}Bearer ${other}`,
      `Bearer ${raw}${comma}${other}`,
      `Bearer ${other}${comma}Bearer ${raw}`,
      `Basic ${other}${comma}Bearer ${raw}`,
      `Bearer ${raw}${comma}`,
      `${comma}Bearer ${raw}`,
      `Bearer ${raw} ${other}`,
    ]),
  );
};

const parameters: BearerMutation = ({ raw }, choices) => {
  const name = choices.pick(["token", "access_token", "realm", "b64token", choices.text(3)]);
  return one(
    choices.pick([
      `Bearer ${name}=${raw}`,
      `Bearer ${name}="${raw}"`,
      `Bearer "${raw}"`,
      `Bearer '${raw}'`,
      `Bearer <${raw}>`,
      `Bearer ${raw}, ${name}="x"`,
      `Bearer ${raw} ${name}`,
    ]),
  );
};

const several: BearerMutation = ({ raw }, choices, others) => {
  const name = () => otherCaseOf("authorization", choices);
  const second = choices.pick([raw, choices.pick(others).raw, altered(raw, choices), "", choices.text(4)]);
  const scheme = choices.pick(["Bearer ", "bearer ", "Basic ", ""]);
  const pairs = [name(), `Bearer ${raw}`, name(), scheme + second];
  return { headers: choices.chance(2) ? pairs : [...pairs.slice(2), ...pairs.slice(0, 2)] };
};

const elsewhere: BearerMutation = ({ raw }, choices) => {
  const name = choices.pick([
    "X-Authorization",
    "Proxy-Authorization",
    "Authorization-",
    "X-Forwarded-Authorization",
    "X-Amzn-Oidc-Data",
    "X-Amzn-Oidc-Accesstoken",
    "Cookie",
    "Token",
    "Access-Token",
    "Sec-WebSocket-Protocol",
  ]);
  const value = choices.pick([
    raw,
    `Bearer ${raw}`,
    `access_token=${raw}`,
    `__Host-token=${raw}; a=${choices.text(3).replace(/[^a-z]/gi, "x")}`,
  ]);
  const query = choices.pick(["", `?access_token=${raw}`, `?token=${raw}`, "?"]);
  return { headers: [name, value], query };
};

const otherName: BearerMutation = ({ raw }, choices) => ({
  headers: [
    otherCaseOf(
      choices.pick(["authorization", "authorisation", "authorization_", "\u0430uthorization", "authorization\u0000"]),
      choices,
    ),
    `Bearer ${raw}`,
  ],
});

/** The header of load balancers, by which a good token of theirs may still be brought, beside what else a request has. */
const ofLoadBalancers: BearerMutation = ({ raw, bring }, choices, others) => {
  const name = () => otherCaseOf("x-amzn-oidc-data", choices);
  const other = choices.pick([raw, choices.pick(others).raw, altered(raw, choices), "", choices.text(4)]);
  const blank = choices.pick(["", "", " ", "\t", "\u00a0", "\u0000", ";"]);
  return {
    headers: choices.pick<() => readonly string[]>([
      () => [name(), blank + raw + choices.pick(["", blank])],
      () => [name(), `${choices.pick(["Bearer ", "bearer ", "Bearer  ", "JWT "])}${raw}`],
      () => [name(), `${raw}${choices.pick([",", ", ", ";", " "])}${other}`],
      () => [name(), `${other},${raw}`],
      () => [name(), raw, name(), other],
      () => [name(), other, name(), raw],
      () => [name(), other, ...bring(raw)],
      () => [...bring(raw), ...choices.pick(others).bring(other)],
      () => [name(), raw, "Authorization", choices.pick(["Basic ", "Bearer ", "DPoP ", ""]) + other],
      () => [choices.pick(["X-Amzn-Oidc-Accesstoken", "X-Amzn-Oidc-Identity", "X-Amzn-Oidc-Data-"]), raw],
      () => [name(), raw, choices.pick(["X-Amzn-Oidc-Accesstoken", "X-Amzn-Oidc-Identity"]), other],
    ])(),
  };
};

/** Every class of mutations of what is around a token, with how often it is to be seen beside the others. */
export const bearerMutations: Readonly<Record<string, readonly [weight: number, mutation: BearerMutation]>> = {
  "another scheme": [4, otherScheme],
  "other spaces": [4, otherSpaces],
  "a list of credentials": [4, listed],
  "a token with parameters": [3, parameters],
  "several headers": [4, several],
  "another place": [3, elsewhere],
  "another name of the header": [2, otherName],
  "the header of load balancers": [5, ofLoadBalancers],
};
