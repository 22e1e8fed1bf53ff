/**
 * A service shows another a token of STS that says which role it acts in (GetWebIdentityToken): no secret, no signature, no store.
 *
 * The other decides by account, role and the tags of the role. Nothing is shared between the two but the name of the audience.
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetWebIdentityTokenCommand, STSClient } from "@aws-sdk/client-sts";
import express from "express";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import {
  account,
  allOf,
  bearer,
  createAuthorizer,
  definePolicy,
  equal,
  param,
  role,
  stsWebIdentity,
  tag,
} from "poolgate";
import { authorize, principalOf } from "poolgate/express";

const audience = "https://invoices.example.com";

// Stands in for STS with outbound identity federation turned on, in two accounts. It believes the access key id whose role calls;
// AWS checks the signature, and the policy of the role.
const accounts = {
  "123456789012": "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws",
  "210987654321": "https://99999999-2222-3333-4444-555555555555.tokens.sts.global.api.aws",
};
const callers: Record<string, { account: keyof typeof accounts; role: string; tags: Record<string, string> }> = {
  AKIDREPORTS: { account: "123456789012", role: "services/Reports", tags: { team: "data", tenant: "acme" } },
  AKIDBUILD: { account: "123456789012", role: "services/Build", tags: { team: "platform" } },
  AKIDPARTNER: { account: "210987654321", role: "services/Reports", tags: { team: "data", tenant: "acme" } },
};
const { publicKey, privateKey } = await generateKeyPair("ES384");
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "one", use: "sig", alg: "ES384" }] };
const aws = createServer(async (req, res) => {
  let body = "";
  for await (const chunk of req) body += chunk;
  const asked = new URLSearchParams(body);
  const caller = callers[/Credential=(\w+)\//.exec(req.headers.authorization ?? "")?.[1] ?? ""];
  if (caller === undefined || asked.get("Action") !== "GetWebIdentityToken") return void res.writeHead(403).end();
  const tags = [1, 2].flatMap((n) => {
    const key = asked.get(`Tags.member.${n}.Key`);
    return key === null ? [] : [[key, asked.get(`Tags.member.${n}.Value`)]];
  });
  const arn = `arn:aws:iam::${caller.account}:role/${caller.role}`;
  const token = await new SignJWT({
    "https://sts.amazonaws.com/": {
      aws_account: caller.account,
      principal_id: arn,
      principal_tags: caller.tags,
      request_tags: Object.fromEntries(tags),
      original_session_exp: new Date(Date.now() + 3_600_000).toISOString(),
    },
  })
    .setProtectedHeader({ alg: "ES384", kid: "one", typ: "JWT" })
    .setIssuer(accounts[caller.account])
    .setSubject(arn)
    .setAudience(asked.get("Audience.member.1") ?? "")
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime("5m")
    .sign(privateKey);
  const end = new Date(Date.now() + 300_000).toISOString();
  const result = `<WebIdentityToken>${token}</WebIdentityToken><Expiration>${end}</Expiration>`;
  res.setHeader("content-type", "text/xml").end(
    `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <GetWebIdentityTokenResult>${result}</GetWebIdentityTokenResult>
    </GetWebIdentityTokenResponse>`,
  );
}).listen(0, "127.0.0.1");
await new Promise((resolve) => aws.once("listening", resolve));

// The service that is called. One issuer is one account; the partner's is another, with tags of its own name.
const common = { audience, roles: null, principalTags: { tenant: "tenant", team: "team" }, jwks };
const authorizer = createAuthorizer({
  verifiers: [
    bearer({
      issuers: [
        stsWebIdentity({ ...common, account: "123456789012", issuer: accounts["123456789012"], tags: "as-is" }),
        stsWebIdentity({
          ...common,
          account: "210987654321",
          issuer: accounts["210987654321"],
          tags: { prefix: "partner:" },
        }),
      ],
    }),
  ],
  policy: definePolicy({
    routes: {
      "GET /status": account("123456789012", "210987654321"),
      "GET /tenants/:tenant/invoices": allOf(role("123456789012/Reports"), equal(tag("tenant"), param("tenant"))),
      "POST /invoices": allOf(account("123456789012"), equal(tag("team"), "data")),
    },
  }),
});
const app = express();
app.use(authorize(authorizer));
app.use((req, res) => void res.json({ by: principalOf(req).id }));
const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** A service that calls. In your own code `credentials` and `endpoint` are left out: the SDK finds the role by itself. */
function client(accessKeyId: string) {
  const sts = new STSClient({
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    credentials: { accessKeyId, secretAccessKey: "stand-in", sessionToken: "stand-in" },
  });
  return async function call(method: string, path: string, forAudience = audience): Promise<void> {
    const { WebIdentityToken: token } = await sts.send(
      new GetWebIdentityTokenCommand({
        Audience: [forAudience],
        SigningAlgorithm: "ES384",
        DurationSeconds: 300,
        // The caller chooses these, so that no rule can read them.
        Tags: [{ Key: "team", Value: "data" }],
      }),
    );
    const answer = await fetch(api + path, { method, headers: { authorization: `Bearer ${token}` } });
    const { by, code } = (await answer.json()) as { by?: string; code?: string };
    console.log(accessKeyId, method, path, answer.status, by ?? code);
  };
}

const reports = client("AKIDREPORTS");
const build = client("AKIDBUILD");
const partner = client("AKIDPARTNER");
await reports("GET", "/tenants/acme/invoices");
await reports("GET", "/tenants/globex/invoices");
await reports("POST", "/invoices");
await build("GET", "/status");
await build("GET", "/tenants/acme/invoices");
await build("POST", "/invoices");
await partner("GET", "/status");
await partner("GET", "/tenants/acme/invoices");
await partner("POST", "/invoices");
await reports("GET", "/status", "https://another-api.example.com");
server.close();
aws.close();
