/** An AppSync API: its Lambda authorizer, and a resolver that is guarded behind it. */
import { bearer, createAuthorizer, definePolicy, group, userPool } from "poolgate";
import { appsyncAuthorizer } from "poolgate/graphql";
import { guardResolver, type ResolverEvent, resolverContext } from "poolgate/lambda";
import { startPools } from "poolgate/testing";

await using pools = await startPools();
const access = userPool({
  userPoolId: pools.userPoolId,
  clientId: pools.clientId,
  tokenUse: "access",
  jwks: pools.jwks,
});
const policy = definePolicy({
  fields: { "Mutation.deleteUser": group("admins"), "User.email": group("admins") },
});
const host = "exampleexampleexampleexam.appsync-api.eu-west-1.amazonaws.com";

const authorize = appsyncAuthorizer(createAuthorizer({ verifiers: [bearer({ issuers: [access] })], policy }), {
  schema: "type Query { user: User } type Mutation { deleteUser: User } type User { id: ID, email: AWSEmail }",
  tokenPrefix: "custom-",
});
const ask = async (token: string, queryString: string) => {
  const answer = await authorize({
    authorizationToken: `custom-${token}`,
    requestContext: { apiId: "abcdef", accountId: "123456789012", queryString },
    requestHeaders: { host },
  });
  console.log(queryString, answer.isAuthorized, answer.deniedFields?.join(" ") ?? "");
  return answer.resolverContext ?? {};
};
const ada = pools.accessToken({ name: "ada" });
const handedOver = await ask(ada, "{ user { id email } }");
await ask(ada, "mutation { ...Hidden } fragment Hidden on Mutation { fine: deleteUser { id } }");
await ask(pools.accessToken({ name: "root", groups: ["admins"] }), "mutation { deleteUser { id } }");

const resolve = guardResolver(
  createAuthorizer({ verifiers: [resolverContext({ hosts: [host] })], policy }),
  async (_event: ResolverEvent, _context: object, { kind }) => `resolved for a ${kind}`,
);
for (const [parentTypeName, fieldName] of [
  ["Query", "user"],
  ["Mutation", "deleteUser"],
] as const) {
  const event = {
    identity: { resolverContext: handedOver },
    request: { headers: { host } },
    info: { parentTypeName, fieldName },
  };
  console.log(fieldName, await resolve(event, {}).catch((error: Error) => error.message));
}
