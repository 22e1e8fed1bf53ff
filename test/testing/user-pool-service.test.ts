import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Pools, startPools } from "../../src/testing/index.ts";

const ada = { name: "ada", attributes: { email: "ada@example.com", email_verified: true } };
const time = { now: Date.parse("2026-07-01T12:00:00Z") };
let pools: Pools;

beforeAll(async () => {
  pools = await startPools({ clock: () => time.now });
});

afterEach(() => pools.recover());

afterAll(() => pools.close());

async function getUser(input: unknown): Promise<readonly [status: number, document: unknown]> {
  const answer = await fetch(pools.endpoints.userPool, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityProviderService.GetUser",
    },
    body: JSON.stringify(input),
  });
  return [answer.status, await answer.json()];
}
const refused = (message: string) => [400, { __type: "NotAuthorizedException", message }];

describe("the API of the local user pool", () => {
  it("tells whose access token it is", async () => {
    expect(await getUser({ AccessToken: pools.accessToken(ada) })).toEqual([
      200,
      {
        Username: "ada",
        UserAttributes: [
          { Name: "sub", Value: pools.userId(ada) },
          { Name: "email", Value: "ada@example.com" },
          { Name: "email_verified", Value: "true" },
        ],
      },
    ]);
  });

  it.each<[string, () => unknown, string]>([
    ["no token of its own", () => "a.b.c", "Invalid Access Token"],
    ["an ID token", () => pools.idToken(ada), "Invalid Access Token"],
    ["one that has expired", () => pools.accessToken(ada, { expiresInSeconds: -1 }), "Access Token has expired"],
    ["one without an end", () => pools.accessToken(ada, { claims: { exp: undefined } }), "Access Token has expired"],
    [
      "one without the scope",
      () => pools.accessToken(ada, { scopes: ["openid"] }),
      "Access Token does not have required scopes",
    ],
    ["one of an app client", () => pools.machineToken(), "Access Token does not have required scopes"],
  ])("refuses %s", async (_, token, message) => {
    expect(await getUser({ AccessToken: token() })).toEqual(refused(message));
  });

  it("wants a token", async () => {
    expect(await getUser({})).toMatchObject([400, { __type: "ValidationException" }]);
  });

  it("refuses what a person got until he signed out, and nothing else", async () => {
    const bob = pools.accessToken({ name: "bob" });
    const before = pools.accessToken(ada);
    pools.signOut(ada);
    const after = pools.accessToken(ada);
    expect(await getUser({ AccessToken: before })).toEqual(refused("Access Token has been revoked"));
    expect((await getUser({ AccessToken: after }))[0]).toBe(200);
    expect((await getUser({ AccessToken: bob }))[0]).toBe(200);
  });

  it("refuses whatever a disabled person shows", async () => {
    const eve = { name: "eve" };
    const before = pools.accessToken(eve);
    pools.disable(eve);
    for (const token of [before, pools.accessToken(eve)]) {
      expect(await getUser({ AccessToken: token })).toEqual(refused("User is disabled."));
    }
  });

  it.each(["userPool", "GetUser"] as const)("fails where %s is told to, and counts its calls", async (point) => {
    const before = pools.calls("GetUser");
    pools.fail(point, { status: 500, body: "{}" });
    expect(await getUser({ AccessToken: pools.accessToken(ada) })).toEqual([500, {}]);
    expect(pools.calls("GetUser")).toBe(before + 1);
  });
});
