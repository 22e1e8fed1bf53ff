import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs an example as its reader would; a non-zero exit rejects. */
const run = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", ...args], { cwd: root });
  return stdout;
};

/** What each example prints when it works, in order. */
const examples: Readonly<Record<string, readonly string[]>> = {
  "express-tokens.ts": [
    "GET /health 200",
    "GET /articles/1 401",
    "GET /articles/1 200",
    "DELETE /articles/1 403",
    "GET /tenants/acme/reports 200",
    "GET /tenants/globex/reports 403",
  ],
  "express-signed-requests.ts": ["ada POST /articles 201", "visitor GET /articles/1 200", "visitor POST /articles 403"],
  "lambda-authorizer.ts": ["isAuthorized: true", "statusCode: 201", "isAuthorized: false"],
  "gateway-event.ts": [
    'REST user  GET  /articles/7 200 {"kind":"user","userId":"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee","identityId":"eu-west-1:66666666-7777-4888-8999-000000000000","role":"ArticleEditor","groups":["editors"]}',
    "REST user  POST /articles 200",
    "REST user  GET  his drafts 200",
    "REST user  GET  another's drafts 403 access_denied",
    'REST guest GET  /articles/7 200 {"kind":"guest","identityId":"eu-west-1:66666666-7777-4888-8999-000000000000","role":"ArticleGuest","groups":[]}',
    "REST guest POST /articles 403 access_denied",
    'HTTP user  POST /articles 200 {"kind":"user","userId":"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee","identityId":"eu-west-1:66666666-7777-4888-8999-000000000000","role":"ArticleEditor","groups":["editors"]}',
    'HTTP guest GET  /articles/7 200 {"kind":"guest"',
    "HTTP guest POST /articles 403 access_denied",
    "another API POST /articles 403 gateway_not_trusted",
  ],
  "function-behind-load-balancer.ts": [
    "ada, by token 201 user-pool",
    "rob, by token 403 access_denied",
    "nobody 401 no_credentials",
    "ada, by signature 201 signed-request",
    "another body 401 payload_mismatch",
  ],
  "lambda-cache.ts": [
    "Allow GET/articles/?* GET/people/<ada> GET/people/<ada>/*",
    "Deny GET/articles/drafts GET/articles/drafts/ GET/articles/*/?*",
    "Allow *",
    "GET /articles/7 200",
    "GET /articles/drafts 403",
  ],
  "service-to-service.ts": [
    'enrolled POST /invoices 201 {"by":"role:123456789012/BillingService","amount":40}',
    "STS was asked 1 time for two invoices",
    "proven POST /reports 201",
    "stranger 403 role_not_allowed",
  ],
  "step-up.ts": [
    "ada GET /account 200",
    "ada POST /transfers 401",
    "to /oauth2/authorize?acr_values=urn%3Acognito%3Aloa%3A3+urn%3Acognito%3Aloa%3A4&max_age=900",
    "ada POST /transfers 201",
    "rob POST /transfers 403",
    "GET /.well-known/oauth-protected-resource 200",
  ],
  "sign-out.ts": [
    "phone GET /mine 200",
    "browser GET /mine 200",
    "another site POST /sign-out 403 origin_not_accepted",
    "both at once GET /mine 400 ambiguous_credentials",
    "browser POST /sign-out 204",
    "browser GET /mine 401 invalid_token",
    "phone GET /mine 200",
    "admin POST /users/ada/sign-out 204",
    "phone GET /mine 401 invalid_token",
  ],
  "cookie-session.ts": [
    "browser GET /me 401 no_credentials",
    "browser GET /sign-in 302",
    "sent by another site GET /signed-in 400",
    "browser GET /signed-in 302",
    "browser GET /me 200",
    "browser POST /notes 201",
    "another site POST /notes 403 origin_not_accepted",
    "a form without Origin POST /notes 403 origin_not_accepted",
    "socket from https://app.example.com 101",
    "socket from https://evil.example 403",
    "browser POST /sign-out 204",
    "cookies that are left: 0",
    "a copy of the cookie GET /me 401 invalid_token",
    "a copy of the cookie GET /sign-in 302",
  ],
  "web-identity.ts": [
    "AKIDREPORTS GET /tenants/acme/invoices 200 role:123456789012/Reports",
    "AKIDREPORTS GET /tenants/globex/invoices 403 access_denied",
    "AKIDREPORTS POST /invoices 200",
    "AKIDBUILD GET /status 200",
    "AKIDBUILD GET /tenants/acme/invoices 403",
    "AKIDBUILD POST /invoices 403 access_denied",
    "AKIDPARTNER GET /status 200 role:210987654321/Reports",
    "AKIDPARTNER GET /tenants/acme/invoices 403 access_denied",
    "AKIDPARTNER POST /invoices 403 access_denied",
    "AKIDREPORTS GET /status 401 invalid_token",
  ],
  "live-check.ts": [
    "signed in 204",
    "Cognito was asked 1 time about 101 requests",
    "signed out, within the minute 204",
    "signed out, a minute later 401 invalid_token",
    "signed in again 204",
    "Cognito cannot be asked 503 upstream_unavailable 5",
    "it can again 204",
    "disabled, a minute later 401 invalid_token",
    "without the scope 403 insufficient_scope",
  ],
  "behind-load-balancer.ts": [
    "my load balancer GET 200 user:eu-west-1_Example01:ada",
    "my load balancer, from my page POST 200",
    "my load balancer, from another site POST 403 origin_not_accepted",
    "a load balancer of somebody else GET 401 invalid_token",
    "the same token elsewhere GET 401 unsupported_scheme",
  ],
  "appsync.ts": [
    "{ user { id email } } true User.email Mutation.deleteUser",
    "fragment Hidden on Mutation { fine: deleteUser { id } } false",
    "mutation { deleteUser { id } } true",
    "user resolved for a user",
    "deleteUser The caller may not do this.",
  ],
  "websocket.ts": [
    "rob connects: Deny access_denied",
    "ada connects: Allow",
    "a message of user on JKJaXcPLvHcCESA=",
    "a message two hours later: token_expired",
  ],
  "graphql.ts": [
    'ada { health } {"data":{"health":true}}',
    'ada mutation { renameUser(name: "Ada") } access_denied',
    'eve mutation { renameUser(name: "Ada") } {"data":{"renameUser":"Ada"}}',
    "eve mutation { ...Hidden } fragment Hidden on Mutation { fine: deleteUser } access_denied",
    "eve { user { mail: email } } access_denied",
    'root { user { mail: email } } {"data":{"user":{"mail":"ada@example.com"}}}',
  ],
  "cedar.ts": [
    'decided by = ["owners write"]',
    "ada PUT /articles/7 204",
    "decided by = []",
    "rob PUT /articles/7 403",
    'decided by = ["editors write"]',
    "eve PUT /articles/7 204",
    'decided by = ["nobody writes what is locked"]',
    "eve PUT /articles/8 403",
    '"nobody writes what is locked", "owners write" could not be evaluated',
    "eve PUT /articles/9 403",
  ],
  "verified-permissions.ts": [
    "ada PUT /articles/7 204",
    "IsAuthorized",
    "rob PUT /articles/7 403",
    "ada POST /articles/7/move 204",
    "BatchIsAuthorized",
    "rob POST /articles/7/move 403",
    "while it is down PUT /articles/7 503",
  ],
  "hot-reload.ts": [
    "ada of the editors POST /articles 201",
    "bob of the writers POST /articles 403",
    "the policy has changed",
    "bob of the writers POST /articles 201",
    "the policy stays as it is: policy: 1 fault",
    'policy.yaml:3:21: routes["POST /articles"]: there is no rule "gruop" (did you mean "group"?)',
    "^^^^^",
    "bob of the writers POST /articles 201",
    "the policy stays as it is: policy: 1 fault",
    "policy.yaml: there is no such file",
    "bob of the writers POST /articles 201",
    "the policy has changed",
    "bob of the writers POST /articles 403",
  ],
  "guard-only.ts": [
    "GET / 200",
    "GET /users/8a4c01c5-ee1d-838b-831d-d3f930b49ff8 200",
    "GET /users/somebody-else 403",
    'POST /articles 403 Bearer realm="poolgate", error="insufficient_scope", scope="articles/write"',
    "POST /articles 201",
  ],
};

describe("examples", () => {
  it("are all run here, and listed in their index", () => {
    const files = readdirSync(`${root}examples`).filter((file) => file.endsWith(".ts"));
    expect(Object.keys(examples).sort()).toEqual(files.sort());
    const index = readFileSync(`${root}examples/README.md`, "utf8");
    expect(files.filter((file) => !index.includes(`npx tsx examples/${file}`))).toEqual([]);
  });

  it.concurrent.each(Object.keys(examples))("%s does what it is for", async (file) => {
    const output = await run(`examples/${file}`);
    let from = 0;
    for (const line of examples[file] ?? []) {
      const at = output.indexOf(line, from);
      expect(at, `${line} in ${output.slice(from)}`).toBeGreaterThanOrEqual(0);
      from = at + line.length;
    }
  });
});

describe("the tour", () => {
  let output: string;
  beforeAll(async () => {
    output = await run("examples/tour/main.ts", "--once");
  });

  it("ends as expected in every row", () => {
    const [, passed, total] = /^(\d+) of (\d+) as expected$/m.exec(output) ?? [];
    expect(passed).toBe(total);
    expect(Number(total)).toBeGreaterThanOrEqual(37);
    expect(output).not.toContain("UNEXPECTED");
  });

  it.each([
    "stolen proof",
    "key swapped",
    "expiry stretched",
    "for another gate",
    "ID token swapped",
    "STS proof moved",
  ])("shows how an enrollment or a proof is refused: %s", (attack) => {
    expect(output).toMatch(new RegExp(`^a thief +${attack} +POST \\S+ +401 `, "m"));
  });

  it("shows one person behind a token and a signature", () => {
    expect(output).toMatch(/^ada is user:eu-west-1_Testing01:[0-9a-f-]+, with a token and with a signature alike\.$/m);
  });
});
