import { afterAll, describe, expect, it } from "vitest";
import { ada, type Caller, callers } from "./callers.ts";
import { type Asked, type Door, doors, webSocket } from "./doors.ts";
import { otherPools, pools } from "./gate.ts";

afterAll(() => Promise.all([pools.close(), otherPools.close()]));

const body = '{"title":"Every door"}';
const own = `/users/${pools.userId(ada)}/drafts`;

/** What else there is to a request. */
interface More {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it is sent a second time, and that is what counts. */
  readonly again?: true;
}

type Row = readonly [caller: keyof typeof callers, request: string, verdict: string, more?: More];

const yes = "allow";
const presigned = { query: { "X-Amz-Signature": "0", "X-Amz-Algorithm": "AWS4-HMAC-SHA256" } };

const rows: readonly Row[] = [
  ["nobody", "GET /health", yes],
  ["nobody", "HEAD /health", yes],
  ["nobody", "GET /articles", "401 no_credentials"],
  ["nobody", "HEAD /articles", "401 no_credentials"],
  ["nobody", "GET /nowhere", "401 no_credentials"],
  ["nobody", "POST /comments", "401 no_credentials"],
  ["an editor", "POST /articles", yes],
  ["an editor", "GET /Articles/", yes],
  ["an editor", "HEAD /articles/7", yes],
  ["an editor", "DELETE /articles/7", "403 access_denied"],
  ["an editor", "GET /nowhere", "403 no_route"],
  ["an editor", "DELETE /health", "403 no_route"],
  ["an editor", "GET /articles//7", "400 target_not_canonical"],
  ["an editor", "POST /articles", "400 method_override", { headers: { "x-http-method-override": "DELETE" } }],
  ["an editor", `GET ${own}`, yes],
  ["an editor", "GET /users/somebody-else/drafts", "403 access_denied"],
  ["an editor", "GET /tenants/acme/files", yes],
  ["an editor", "GET /tenants/Acme/files", "403 access_denied"],
  ["an editor", "GET /search", yes, { query: { tenant: "acme" } }],
  ["an editor", "GET /search", "403 access_denied", { query: { tenant: "evil" } }],
  ["an editor", "GET /search", "403 access_denied"],
  ["an editor", "GET /articles", "400 ambiguous_credentials", presigned],
  ["an admin", "DELETE /articles/7", yes],
  ["a suspended editor", "PUT /articles/7", "403 access_denied"],
  ["a suspended editor", "POST /comments", "403 access_denied"],
  ["a machine that may read reports", "GET /reports", yes],
  ["a machine that may read reports", "POST /articles", "403 access_denied"],
  ["a machine without scopes", "GET /reports", "403 insufficient_scope"],
  ["an editor with his ID token", "POST /articles", "401 invalid_token"],
  ["an editor whose token has expired", "POST /articles", "401 token_expired"],
  ["a forger who changed the claims", "DELETE /articles/7", "401 invalid_token"],
  ["an editor of another pool", "POST /articles", "401 invalid_token"],
  ["an editor of another client", "POST /articles", "401 invalid_token"],
  ["a guest of the identity pool", "GET /articles", yes],
  ["a guest of the identity pool", "GET /articles/7", "403 access_denied"],
  ["an editor with a token of the identity pool", `GET ${own}`, yes],
  ["an editor with a token of the identity pool", "POST /articles", "403 access_denied"],
  ["somebody with a password", "GET /health", "401 unsupported_scheme"],
  ["somebody with an empty token", "GET /health", "400 malformed_credentials"],
  ["a signing editor", "POST /articles", yes],
  ["a signing editor", "GET /search", yes, { query: { tenant: "acme" } }],
  ["a signing editor", `GET ${own}`, yes],
  ["a signing editor", "DELETE /articles/7", "403 access_denied"],
  ["a signing editor", "POST /articles", "401 request_replayed", { again: true }],
  ["a signing editor", "GET /articles", yes, { again: true }],
  ["a signing suspended editor", "POST /comments", "403 access_denied"],
  ["an enrolled role of editors", "POST /articles", yes],
  ["an enrolled role of editors", "POST /comments", "403 access_denied"],
  ["an enrolled role that is not listed", "GET /articles", "403 role_not_allowed"],
  ["a signer without a session", "GET /articles", "401 invalid_signature"],
  ["a signer of another path", "POST /articles", "401 invalid_signature"],
  ["a signer of another method", "POST /articles", "401 invalid_signature"],
  ["a signer of another host", "GET /articles", "401 invalid_signature"],
  ["a signer of an hour ago", "GET /articles", "401 clock_skew"],
];

/** Those who open a connection by a token; a WebSocket API cannot show what else was signed. */
const connecting: readonly Row[] = [
  ["nobody", "GET /connection", "401 no_credentials"],
  ["an editor", "GET /connection", yes],
  ["an admin", "GET /connection", yes],
  ["a suspended editor", "GET /connection", "403 access_denied"],
  ["a machine without scopes", "GET /connection", yes],
  ["an editor with his ID token", "GET /connection", "401 invalid_token"],
  ["an editor whose token has expired", "GET /connection", "401 token_expired"],
  ["a forger who changed the claims", "GET /connection", "401 invalid_token"],
  ["an editor of another pool", "GET /connection", "401 invalid_token"],
  ["a guest of the identity pool", "GET /connection", "403 access_denied"],
  ["somebody with a password", "GET /connection", "401 unsupported_scheme"],
  ["somebody with an empty token", "GET /connection", "400 malformed_credentials"],
  ["an editor", "GET /connection", "400 method_override", { headers: { "x-http-method-override": "DELETE" } }],
  ["an editor", "GET /connection", "400 ambiguous_credentials", presigned],
];

async function ask(door: Door, [name, line, , more = {}]: Row): Promise<string> {
  const [method = "", path = ""] = line.split(" ");
  const { query = {}, headers = {}, again = false } = more;
  const sent = method === "POST" || method === "PUT" ? body : undefined;
  const parameters = new URLSearchParams(query).toString();
  const target = parameters === "" ? path : `${path}?${parameters}`;
  const proof = await (callers[name] as Caller)({ method, host: door.host, target, body: sent });
  const type = sent === undefined ? {} : { "content-type": "application/json" };
  const asked: Asked = { method, path, query, body: sent, headers: { ...type, ...headers, ...proof, host: door.host } };
  if (again) expect(await door.ask(asked)).toBe(yes);
  return door.ask(asked);
}

describe.each([...doors, webSocket])("one policy, at the door of $name", (door) => {
  const asked = door === webSocket ? connecting : [...rows, ...connecting];

  it.each(asked.map((row) => [row[0], row[1], row[2], row] as const))(
    "says to %s, who asks to %s: %s",
    async (_caller, line, verdict, row) => {
      const [method = ""] = line.split(" ");
      expect(await ask(door, row)).toBe(verdict === yes ? yes : door.says(verdict, method));
    },
  );
});
