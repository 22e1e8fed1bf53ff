/** Who may edit which article is said in Cedar; who may come in at all is said in rules. */
import type { AddressInfo } from "node:net";
import express from "express";
import { allOf, authenticated, bearer, createAuthorizer, definePolicy, delegate, param, userPool } from "poolgate";
import { cedarEngine } from "poolgate/cedar";
import { authorize } from "poolgate/express";
import { startPools } from "poolgate/testing";

await using pools = await startPools();

const access = userPool({
  userPoolId: pools.userPoolId,
  clientId: pools.clientId,
  tokenUse: "access",
  jwks: pools.jwks,
});

// What your database knows.
const articles: Readonly<Record<string, { readonly owner: string; readonly locked: boolean }>> = {
  "7": { owner: `user:${pools.userPoolId}:${pools.userId({ name: "ada" })}`, locked: false },
  "8": { owner: "user:somebody", locked: true },
};

const cedar = cedarEngine({
  policies: `
    @id("editors write")
    permit(principal in Group::"editors", action == Action::"write", resource is Article);

    @id("owners write")
    permit(principal, action == Action::"write", resource is Article)
    when { resource.owner == principal };

    @id("nobody writes what is locked")
    forbid(principal, action == Action::"write", resource is Article)
    when { resource.locked };`,
  entities: ({ params: { id = "" } }) => {
    const article = articles[id];
    if (article === undefined) return [];
    const owner = { __entity: { type: "User", id: article.owner } };
    return [{ uid: { type: "Article", id }, attrs: { owner, locked: article.locked } }];
  },
});

const policy = definePolicy(
  {
    routes: {
      "PUT /articles/:id": allOf(
        authenticated,
        delegate("cedar", { action: "write", resourceType: "Article", resourceId: param("id") }),
      ),
    },
  },
  { engines: { cedar } },
);

const authorizer = createAuthorizer({
  verifiers: [bearer({ issuers: [access] })],
  policy,
  onDecision: (decision) => console.log(decision.explain().text),
});

const app = express();
app.use(authorize(authorizer));
app.put("/articles/:id", (_req, res) => void res.sendStatus(204));

const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const show = async (name: string, path: string, groups: readonly string[] = []) => {
  const headers = { authorization: `Bearer ${pools.accessToken({ name, groups })}` };
  const { status } = await fetch(origin + path, { method: "PUT", headers });
  console.log(name, "PUT", path, status);
};
await show("ada", "/articles/7");
await show("rob", "/articles/7");
await show("eve", "/articles/7", ["editors"]);
await show("eve", "/articles/8", ["editors"]);
// Of an article that the database does not have, the policies cannot be evaluated.
await show("eve", "/articles/9", ["editors"]);
server.close();
