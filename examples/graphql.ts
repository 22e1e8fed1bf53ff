/** GraphQL in Express: a gate for the route, and the policy's rules of fields for every operation. */
import type { AddressInfo } from "node:net";
import express from "express";
import { buildSchema, GraphQLError } from "graphql";
import { createHandler } from "graphql-http/lib/use/express";
import { AuthError, anyone, bearer, createAuthorizer, definePolicy, group, userPool } from "poolgate";
import { authorize, principalOf } from "poolgate/express";
import { guardOperation } from "poolgate/graphql";
import { startPools } from "poolgate/testing";

await using pools = await startPools();
const access = userPool({
  userPoolId: pools.userPoolId,
  clientId: pools.clientId,
  tokenUse: "access",
  jwks: pools.jwks,
});
const authorizer = createAuthorizer({
  verifiers: [bearer({ issuers: [access] })],
  policy: definePolicy({
    routes: { "POST /graphql": anyone },
    fields: {
      "Query.health": anyone,
      "Mutation.*": group("editors", "admins"),
      "Mutation.deleteUser": group("admins"),
      "User.email": group("admins"),
    },
  }),
});

const schema = buildSchema(`
  type Query { health: Boolean, user: User }
  type Mutation { renameUser(name: String!): String, deleteUser: Boolean }
  type User { id: ID, email: String }
`);
const rootValue = {
  health: true,
  user: { id: "1", email: "ada@example.com" },
  renameUser: ({ name }: { name: string }) => name,
  deleteUser: true,
};
const guard = guardOperation(authorizer, { schema });

const app = express();
app.post(
  "/graphql",
  authorize(authorizer),
  createHandler({
    schema,
    rootValue,
    context: (req) => ({ caller: principalOf(req.raw) }),
    // The hook that comes ahead of the execution; onOperation comes behind it.
    async onSubscribe(req, { query, operationName }) {
      try {
        await guard(req.raw, { document: query, operationName });
        return undefined;
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        return [new GraphQLError(error.message, { extensions: { code: error.code } })];
      }
    },
  }),
);
const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;

const groups = { ada: [], eve: ["editors"], root: ["admins"] };
const show = async (name: keyof typeof groups, query: string) => {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${pools.accessToken({ name, groups: groups[name] })}`,
    },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await answer.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
  console.log(name, query, errors?.[0]?.extensions.code ?? JSON.stringify({ data }));
};
await show("ada", "{ health }");
await show("ada", 'mutation { renameUser(name: "Ada") }');
await show("eve", 'mutation { renameUser(name: "Ada") }');
await show("eve", "mutation { ...Hidden } fragment Hidden on Mutation { fine: deleteUser }");
await show("eve", "{ user { mail: email } }");
await show("root", "{ user { mail: email } }");
server.close();
