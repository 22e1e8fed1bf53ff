/**
 * A page whose token is in a cookie: sign-in by the authorization code, a session without a session store, and sign-out.
 *
 * What it protects, and what it does not:
 * - CSRF: a POST, PUT, PATCH or DELETE needs an `Origin` of this site. A GET needs none, so no GET may change anything.
 * - XSS: a script in the page cannot read the token, since the cookie is HttpOnly. It can still call the API as the user, for as
 *   long as it runs: nothing here takes the place of a Content-Security-Policy.
 * - WebSocket hijack: a handshake needs an `Origin` of this site too. Express does not see handshakes: judge them yourself. A
 *   socket that is open stays open when the token ends or is revoked: close it by `principal.expiresAt`.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { type IncomingMessage, request as send } from "node:http";
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
  memoryStore,
  RequestHeaders,
  userPool,
} from "poolgate";
import { authorize, principalOf } from "poolgate/express";
import { startPools } from "poolgate/testing";

await using pools = await startPools();
const { userPoolId, clientId, jwks } = pools;
const site = "https://app.example.com";
const redirectUri = `${site}/signed-in`;
const digest = (text: string) => createHash("sha256").update(text).digest("base64url");

// Stands in for the token endpoint of the user pool's domain, which gives tokens for a code and the secret behind its challenge.
const codes = new Map<string, string>();
const cognito = express()
  .use(express.urlencoded())
  .post("/oauth2/token", (req, res) => {
    const { grant_type: grant, code, code_verifier: secret, client_id: client, redirect_uri: uri } = req.body;
    const challenge = codes.get(code);
    codes.delete(code);
    const good = grant === "authorization_code" && client === clientId && uri === redirectUri;
    if (!good || challenge === undefined || digest(String(secret)) !== challenge) {
      return void res.status(400).json({ error: "invalid_grant" });
    }
    res.json({ access_token: pools.accessToken({ name: "ada" }), token_type: "Bearer", expires_in: 3600 });
  })
  .listen(0, "127.0.0.1");
await new Promise((resolve) => cognito.once("listening", resolve));
const domain = `http://127.0.0.1:${(cognito.address() as AddressInfo).port}`;

const revocations = createRevocations({ store: memoryStore(), audience: "app.example.com" });
const authorizer = createAuthorizer({
  verifiers: [
    bearer({
      issuers: [userPool({ userPoolId, clientId, tokenUse: "access", jwks })],
      token: cookieToken({ name: "__Host-token", origins: [site] }),
      revocations,
    }),
  ],
  policy: definePolicy({
    routes: {
      "GET /": anyone,
      "GET /me": authenticated,
      "POST /notes": authenticated,
      "POST /sign-out": authenticated,
      "GET /feed": authenticated,
    },
  }),
});

const app = express();
const cookie = { path: "/", secure: true, httpOnly: true, sameSite: "lax" } as const;

// The two routes of the sign-in stand before the gate. Behind it a browser whose token has just expired could not sign in again:
// a bad credential is refused on every route, those for anyone too.
app.get("/sign-in", (_req, res) => {
  const secret = randomBytes(32).toString("base64url");
  // The secret stays in this browser, so that nobody can have it finish a sign-in that another browser began.
  res.cookie("__Host-sign-in", secret, { ...cookie, maxAge: 300_000 });
  const query = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: "openid",
    state: digest(`state ${secret}`),
    code_challenge_method: "S256",
    code_challenge: digest(secret),
  };
  res.redirect(`${domain}/oauth2/authorize?${new URLSearchParams(query)}`);
});

app.get("/signed-in", async (req, res) => {
  const secret = /(?:^|; )__Host-sign-in=([\w-]{43})(?:;|$)/.exec(req.headers.cookie ?? "")?.[1];
  const { code, state } = req.query;
  res.clearCookie("__Host-sign-in", cookie);
  if (secret === undefined || typeof code !== "string" || typeof state !== "string" || !isStateOf(secret, state)) {
    return void res.sendStatus(400);
  }
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: redirectUri,
    code,
    code_verifier: secret,
  });
  const answer = await fetch(`${domain}/oauth2/token`, { method: "POST", body });
  if (!answer.ok) return void res.sendStatus(400);
  const { access_token: token, expires_in: seconds } = (await answer.json()) as {
    access_token: string;
    expires_in: number;
  };
  res.cookie("__Host-token", token, { ...cookie, maxAge: seconds * 1000 }).redirect("/");
});

function isStateOf(secret: string, state: string): boolean {
  const expected = Buffer.from(digest(`state ${secret}`));
  const given = Buffer.from(state);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

app.use(authorize(authorizer));
app.get("/", (_req, res) => void res.send("<a href=/sign-in>Sign in</a>"));
app.get("/me", (req, res) => void res.json({ id: principalOf(req).userId }));
app.post("/notes", (_req, res) => void res.sendStatus(201));
app.post("/sign-out", async (req, res) => {
  // Clearing the cookie alone would leave a token that was copied good to its end. Call RevokeToken of Cognito as well if you
  // keep the refresh token.
  const { origin_jti: originJti } = principalOf(req).claims;
  if (typeof originJti === "string") await revocations.revoke({ originJti });
  res.clearCookie("__Host-token", cookie).sendStatus(204);
});

const server = app.listen(0, "127.0.0.1");
// Handshakes do not pass through Express, so they are judged here; a library for WebSockets takes over where one is allowed.
server.on("upgrade", async (req: IncomingMessage, socket) => {
  socket.on("error", () => socket.destroy());
  const headers = new RequestHeaders(req.rawHeaders);
  const decision = await authorizer.authorize({ method: "GET", target: req.url ?? "", wire: true, headers });
  const status = decision.allowed ? "101 Switching Protocols" : `${decision.error.status} Refused`;
  const switched = decision.allowed ? "Connection: Upgrade\r\nUpgrade: websocket\r\n" : "Connection: close\r\n";
  socket.end(`HTTP/1.1 ${status}\r\n${switched}\r\n`);
});
await new Promise((resolve) => server.once("listening", resolve));
const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** A browser, as far as cookies go: it keeps what it is told to, and sends it along whichever site asks. */
const jar = new Map<string, string>();
async function browse(who: string, method: string, path: string, headers: Record<string, string> = {}) {
  const cookies = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const sent = cookies === "" ? headers : { ...headers, cookie: cookies };
  const answer = await fetch(api + path, { method, headers: sent, redirect: "manual" });
  for (const line of answer.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === "") jar.delete(name);
    else jar.set(name, value);
  }
  const { code = "" } = answer.status < 400 ? {} : ((await answer.json().catch(() => ({}))) as { code?: string });
  console.log(who, method, path.replace(/\?.*/, ""), answer.status, code);
  return answer;
}

/** The handshake that `new WebSocket(...)` in a page of `origin` begins; the browser sends the cookies along. */
async function connect(origin: string): Promise<void> {
  const cookies = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const headers = { connection: "Upgrade", upgrade: "websocket", origin, cookie: cookies };
  const status = await new Promise((resolve, reject) => {
    const handshake = send(`${api}/feed`, { headers }).on("error", reject).end();
    handshake.on("upgrade", (answer, socket) => resolve([answer.statusCode, socket.destroy()][0]));
    handshake.on("response", (answer) => resolve([answer.statusCode, answer.resume()][0]));
  });
  console.log("socket from", origin, status);
}

await browse("browser", "GET", "/me");
const toCognito = await browse("browser", "GET", "/sign-in");
// The user signs in at Cognito, which sends him back with a code.
const asked = new URL(toCognito.headers.get("location") ?? "").searchParams;
codes.set("a-code", asked.get("code_challenge") ?? "");
codes.set("a-code-of-the-attacker", "a-challenge-of-the-attacker");
const state = asked.get("state") ?? "";
const before = new Map(jar);
await browse("sent by another site", "GET", "/signed-in?code=a-code-of-the-attacker&state=guessed");
for (const [name, value] of before) jar.set(name, value);
await browse("browser", "GET", `/signed-in?code=a-code&state=${state}`);
await browse("browser", "GET", "/me");
await browse("browser", "POST", "/notes", { origin: site });
await browse("another site", "POST", "/notes", { origin: "https://evil.example" });
await browse("a form without Origin", "POST", "/notes");
await connect(site);
await connect("https://evil.example");
const stolen = new Map(jar);
await browse("browser", "POST", "/sign-out", { origin: site });
console.log("cookies that are left:", jar.size);
for (const [name, value] of stolen) jar.set(name, value);
await browse("a copy of the cookie", "GET", "/me");
await browse("a copy of the cookie", "GET", "/sign-in");
server.close();
cognito.close();
