/** An Express API behind an Application Load Balancer that authenticates users, and a token that another one has signed. */
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { alb, authenticated, bearer, createAuthorizer, definePolicy } from "poolgate";
import { authorize, principalOf } from "poolgate/express";

const arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/articles/0123456789abcdef";
const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01";
const page = "https://app.example.com";

// A stand-in for the keys of the region, and for the load balancers that sign with them: yours, and everybody else's.
const kid = randomUUID();
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keys = createServer((request, response) => {
  if (request.url === `/${kid}`) response.end(publicKey.export({ format: "pem", type: "spki" }));
  else response.writeHead(403).end();
}).listen(0, "127.0.0.1");
await new Promise((resolve) => keys.once("listening", resolve));
const padded = (bytes: string | Buffer) =>
  Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
const statementOf = (signer: string) => {
  const header = { alg: "ES256", kid, signer, iss: issuer, client: "1example23456789", exp: Date.now() / 1000 + 120 };
  const head = padded(JSON.stringify({ ...header, exp: Math.floor(header.exp) }));
  const input = `${head}.${padded(JSON.stringify({ sub: "ada", email: "ada@example.com" }))}`;
  return `${input}.${padded(sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" }))}`;
};

const balancer = alb({
  loadBalancerArn: arn,
  issuer,
  clientId: "1example23456789",
  origins: [page],
  keysUri: `http://127.0.0.1:${(keys.address() as AddressInfo).port}`,
  allowLoopbackHttp: true,
});
const authorizer = createAuthorizer({
  verifiers: [bearer({ issuers: [balancer] })],
  policy: definePolicy({ routes: { "* /articles": authenticated } }),
});

const app = express();
app.use(authorize(authorizer));
app.all("/articles", (req, res) => void res.json({ by: principalOf(req).id }));
const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const show = async (who: string, method: string, headers: Record<string, string>) => {
  const answer = await fetch(`${api}/articles`, { method, headers });
  const { code, by } = (await answer.json()) as { code?: string; by?: string };
  console.log(who, method, answer.status, by ?? code);
};
const mine = { "x-amzn-oidc-data": statementOf(arn) };
await show("my load balancer", "GET", mine);
await show("my load balancer, from my page", "POST", { ...mine, origin: page });
await show("my load balancer, from another site", "POST", { ...mine, origin: "https://evil.example" });
await show("a load balancer of somebody else", "GET", {
  "x-amzn-oidc-data": statementOf(arn.replace("123456789012", "210987654321")),
});
await show("the same token elsewhere", "GET", { authorization: `Bearer ${mine["x-amzn-oidc-data"]}` });
server.close();
keys.close();
