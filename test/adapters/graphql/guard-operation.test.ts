import express from "express";
import { buildSchema, GraphQLError } from "graphql";
import { createHandler } from "graphql-http/lib/use/express";
import { describe, expect, it } from "vitest";
import { authorize, principalOf } from "../../../src/adapters/express/index.ts";
import { guardOperation } from "../../../src/adapters/graphql/index.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { AuthError } from "../../../src/errors.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { listen } from "../express/listen.ts";
import { tokens } from "./callers.ts";

const schema = buildSchema(`
  type Query { health: Boolean, user: User }
  type Mutation { createUser: User, deleteUser: Boolean, ping: Ping }
  type Ping { query: Query }
  type User { id: ID, email: String }
`);
const policy = definePolicy({
  routes: { "POST /graphql": "anyone" },
  fields: {
    "Query.health": "anyone",
    "Mutation.deleteUser": { group: "admins" },
    "User.email": { group: ["admins", "staff"] },
    "Query.__schema": { group: "admins" },
  },
});
const authorizer = createAuthorizer({ verifiers: [tokens], policy });
const guard = guardOperation(authorizer, { schema });
const deleted: string[] = [];
const user = { id: 1, email: "ada@example.com" };
const app = express();
app.post(
  "/graphql",
  authorize(authorizer),
  createHandler({
    schema,
    rootValue: {
      health: true,
      user,
      createUser: user,
      ping: { query: { health: true, user } },
      deleteUser: (_: unknown, { caller }: { caller: string }) => deleted.push(caller) > 0,
    },
    context: (req) => ({ caller: principalOf(req.raw).id }),
    // onOperation would come after the execution.
    async onSubscribe(req, { query, operationName }) {
      try {
        await guard(req.raw, { document: query, operationName });
        return undefined;
      } catch (thrown) {
        if (!(thrown instanceof AuthError)) throw thrown;
        return [new GraphQLError(thrown.message, { extensions: { code: thrown.code } })];
      }
    },
  }),
);

const ask = async (query: string, token?: string, operationName?: string) => {
  const { url } = await listen(app);
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, operationName }),
  });
  const { data, errors } = (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
  return errors?.[0]?.extensions.code ?? data;
};

describe("GraphQL in Express", () => {
  it.each<[string | undefined, string, unknown]>([
    [undefined, "{ health }", { health: true }],
    [undefined, "{ user { id } }", "no_credentials"],
    ["ada", "{ user { id } }", { user: { id: "1" } }],
    ["ada", "{ user { ...F } } fragment F on User { mail: email }", "access_denied"],
    ["ada:staff", "{ user { email } }", { user: { email: "ada@example.com" } }],
    ["ada:staff", "mutation { createUser { id } ...F } fragment F on Mutation { ok: deleteUser }", "access_denied"],
    ["ada:admins", "mutation { deleteUser }", { deleteUser: true }],
    ["ada", "mutation { ping { query { health } } }", { ping: { query: { health: true } } }],
    ["ada", "mutation { ping { query { __schema { queryType { name } } } } }", "access_denied"],
    [
      "bea:admins",
      "mutation { ping { query { __schema { queryType { name } } } } }",
      { ping: { query: { __schema: { queryType: { name: "Query" } } } } },
    ],
  ])("lets %s ask %s: %j", async (token, query, expected) => {
    deleted.length = 0;
    expect(await ask(query, token)).toEqual(expected);
    expect(deleted).toEqual(token === "ada:admins" ? ["user:pool:ada"] : []);
  });

  it("judges the operation that is executed", async () => {
    const both = "query Read { health } mutation Wipe { deleteUser }";
    expect(await ask(both, "ada", "Read")).toEqual({ health: true });
    expect(await ask(both, "ada", "Wipe")).toBe("access_denied");
  });

  it.each([
    [null],
    [{ kind: "OperationDefinition", operation: "query" }],
    [{ kind: "OperationDefinition", operation: "query", selectionSet: { selections: [{ kind: "Field" }] } }],
    [{ kind: "FragmentDefinition" }],
  ])("refuses an object of a request's body that is no document: [%j]", async (definition) => {
    const careless = express();
    careless.post("/graphql", authorize(authorizer), express.json(), async (req, res) => {
      const refusal = await guard(req, { document: req.body.query }).catch((thrown: unknown) => thrown);
      res.json({ code: refusal instanceof AuthError ? refusal.code : String(refusal) });
    });
    const { url } = await listen(careless);
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: { definitions: [definition] } }),
    });
    expect(await response.json()).toEqual({ code: "invalid_request" });
  });

  it("needs a gate ahead", async () => {
    await expect(guard({ rawHeaders: [] } as never, { document: "{ health }" })).rejects.toThrow("no gate has seen");
  });

  it("is refused a schema that is none, or without the fields of the policy", () => {
    expect(() => guardOperation(authorizer, {} as never)).toThrow("pass the schema that operations are executed with");
    expect(() => guardOperation(authorizer, { schema: {} as never })).toThrow("must be a schema of GraphQL");
    expect(() => guardOperation(authorizer, { schema: "type Query { health: Boolean }" })).toThrow(
      "Mutation.deleteUser",
    );
    expect(() => guardOperation(undefined as never, { schema })).toThrow("needs a policy");
  });
});
