/** A transfer of money needs a second factor and a recent sign-in; the client reads from the refusal what to ask for. */
import type { AddressInfo } from "node:net";
import express from "express";
import {
  allOf,
  authenticated,
  bearer,
  createAuthorizer,
  definePolicy,
  group,
  protectedResource,
  stepUp,
  userPool,
} from "poolgate";
import { authorize, endpoints, principalOf } from "poolgate/express";
import { startPools } from "poolgate/testing";

await using pools = await startPools();
const { region, userPoolId, clientId, jwks } = pools;

const metadata = protectedResource({
  resource: "https://bank.example.com",
  authorizationServers: [`https://cognito-idp.${region}.amazonaws.com/${userPoolId}`],
});

const authorizer = createAuthorizer({
  verifiers: [
    bearer({
      // Cognito documents acr and amr for ID tokens.
      issuers: [userPool({ userPoolId, clientId, tokenUse: "id", jwks })],
      resourceMetadata: metadata.url,
    }),
  ],
  policy: definePolicy({
    routes: {
      "GET /account": authenticated,
      "POST /transfers": allOf(group("customers"), stepUp({ acr: "urn:cognito:loa:3", maxAge: 900 })),
    },
  }),
});

const app = express();
app.use(endpoints(metadata));
app.use(authorize(authorizer));
app.get("/account", (req, res) => void res.json({ owner: principalOf(req).userId }));
app.post("/transfers", (req, res) => void res.status(201).json({ by: principalOf(req).userId }));

const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Stands for the user pool's sign-in pages: the user proves as much as he is asked for. */
function signIn(person: { name: string; groups: string[] }, acr: string): string {
  return pools.idToken(person, { claims: { acr } });
}

/** A parameter of a challenge, such as acr_values="..."; this gate escapes nothing between the quotes. */
function parameter(challenge: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(challenge)?.[1];
}

/** Calls, and where the gate asks for a better authentication, signs in once more and calls again. */
async function call(person: { name: string; groups: string[] }, method: string, path: string): Promise<void> {
  let token = signIn(person, "urn:cognito:loa:1");
  for (let attempt = 1; attempt <= 2; attempt++) {
    const answer = await fetch(origin + path, { method, headers: { authorization: `Bearer ${token}` } });
    console.log(person.name, method, path, answer.status);
    const challenge = answer.headers.get("www-authenticate") ?? "";
    if (parameter(challenge, "error") !== "insufficient_user_authentication") return;
    const levels = parameter(challenge, "acr_values") ?? "";
    const maxAge = parameter(challenge, "max_age") ?? "";
    console.log(`  to /oauth2/authorize?${new URLSearchParams({ acr_values: levels, max_age: maxAge })}`);
    token = signIn(person, levels.split(" ")[0] ?? "");
  }
}

await call({ name: "ada", groups: ["customers"] }, "GET", "/account");
await call({ name: "ada", groups: ["customers"] }, "POST", "/transfers");
// He is no customer, and signing in again would not make him one.
await call({ name: "rob", groups: [] }, "POST", "/transfers");
const published = await fetch(origin + new URL(metadata.url).pathname);
console.log("GET /.well-known/oauth-protected-resource", published.status, await published.text());
server.close();
