/** A sign-out route that ends a user's tokens at once, and a page whose token is in a cookie. */
import type { AddressInfo } from "node:net";
import express from "express";
import {
  anyone,
  authenticated,
  bearer,
  cookieToken,
  createAuthorizer,
  createRevocations,
  definePolicy,
  group,
  memoryStore,
  userPool,
} from "poolgate";
import { authorize, principalOf } from "poolgate/express";
import { startPools } from "poolgate/testing";

await using pools = await startPools();

const page = "https://app.example.com";
// With several nodes write redisStore({ ... }): what one of them revokes, the others heed within a minute.
const revocations = createRevocations({ store: memoryStore(), audience: "api.example.com" });
const access = userPool({
  userPoolId: pools.userPoolId,
  clientId: pools.clientId,
  tokenUse: "access",
  jwks: pools.jwks,
});

const authorizer = createAuthorizer({
  verifiers: [
    bearer({
      issuers: [access],
      revocations,
      token: ["header", cookieToken({ name: "__Host-token", origins: [page] })],
    }),
  ],
  policy: definePolicy({
    routes: {
      "GET /": anyone,
      "GET /mine": authenticated,
      "POST /sign-out": authenticated,
      "POST /users/:id/sign-out": group("admins"),
    },
  }),
});

const app = express();
app.use(authorize(authorizer));
app.get("/mine", (req, res) => void res.json({ of: principalOf(req).userId }));

app.post("/sign-out", async (req, res) => {
  // Every token of this sign-in has the same origin_jti, those that were refreshed too. Call RevokeToken of Cognito as well, or
  // the refresh token goes on giving new ones.
  const { origin_jti: originJti } = principalOf(req).claims;
  if (typeof originJti === "string") await revocations.revoke({ originJti });
  res.clearCookie("__Host-token", { path: "/", secure: true, httpOnly: true, sameSite: "lax" });
  res.sendStatus(204);
});

app.post("/users/:id/sign-out", async (req, res) => {
  // Whatever this user got until now; he may sign in again. Call AdminUserGlobalSignOut of Cognito as well.
  await revocations.revoke({ user: `user:${pools.userPoolId}:${req.params.id}` });
  res.sendStatus(204);
});

const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const ada = { name: "ada" };
const admin = { name: "grace", groups: ["admins"] };
const phone = { authorization: `Bearer ${pools.accessToken(ada)}` };
const browser = { cookie: `__Host-token=${pools.accessToken(ada)}` };
const show = async (who: string, method: string, path: string, headers: Record<string, string>) => {
  const answer = await fetch(api + path, { method, headers });
  const { code = "" } = answer.ok ? {} : ((await answer.json()) as { code?: string });
  console.log(who, method, path.replace(pools.userId(ada), "ada"), answer.status, code);
};
await show("phone", "GET", "/mine", phone);
await show("browser", "GET", "/mine", browser);
await show("another site", "POST", "/sign-out", { ...browser, origin: "https://evil.example" });
await show("both at once", "GET", "/mine", { ...browser, ...phone });
await show("browser", "POST", "/sign-out", { ...browser, origin: page });
await show("browser", "GET", "/mine", browser);
await show("phone", "GET", "/mine", phone);
const adminHeaders = { authorization: `Bearer ${pools.accessToken(admin)}` };
await show("admin", "POST", `/users/${pools.userId(ada)}/sign-out`, adminHeaders);
await show("phone", "GET", "/mine", phone);
server.close();
