import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { getUser } from "../../src/tokens/get-user.ts";

const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";
const ada = { sub: "11111111-2222-3333-4444-555555555555", username: "ada" };
const type = "application/x-amz-json-1.1";

let respond: RequestListener;
let seen: unknown[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => void chunks.push(chunk));
  request.on("end", () => {
    const { "x-amz-target": target, "content-type": contentType } = request.headers;
    seen.push([request.method, request.url, target, contentType, Buffer.concat(chunks).toString()]);
    respond(request, response);
  });
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { "content-type": type, ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
const refusal = (code: string, status = 400) =>
  answer(status, { __type: code, message: `${code} about ${token}` }, { "x-amzn-errortype": `${code}:` });
const profile = (Username: unknown, UserAttributes: unknown) => answer(200, { Username, UserAttributes });
const subIs = (Value: unknown) => [
  { Name: "email", Value: "ada@example.com" },
  { Name: "sub", Value },
];

async function ask(listener: RequestListener, timeout = 30_000): Promise<boolean | AuthError> {
  respond = listener;
  seen = [];
  try {
    return await getUser({ url, fetch: globalThis.fetch, timeout }, token, ada);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AuthError);
    expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain(token);
    return thrown as AuthError;
  }
}

describe("getUser", () => {
  it("shows the token to the API of user pools, without any other credential", async () => {
    expect(await ask(profile("ada", subIs(ada.sub)))).toBe(true);
    const body = JSON.stringify({ AccessToken: token });
    expect(seen).toEqual([["POST", "/", "AWSCognitoIdentityProviderService.GetUser", type, body]]);
  });

  it.each<[string, RequestListener]>([
    ["the sub, under another name", profile("other", subIs(ada.sub))],
    ["the name, where sub may not be read", profile("ada", [{ Name: "email", Value: "ada@example.com" }, null])],
    ["a profile of 600 KB", profile("ada", [...subIs(ada.sub), { Name: "custom:a", Value: "a".repeat(600_000) }])],
  ])("knows the user by %s", async (_, listener) => {
    expect(await ask(listener)).toBe(true);
  });

  it.each([
    "NotAuthorizedException",
    "UserNotFoundException",
    "UserNotConfirmedException",
    "PasswordResetRequiredException",
    "com.amazonaws.cognito.identity.idp.model#NotAuthorizedException",
  ])("takes %s as a refusal of the token", async (code) => {
    expect(await ask(refusal(code))).toBe(false);
  });

  it.each(["ResourceNotFoundException", "InvalidParameterException"])("takes %s as a fault of set-up", async (code) => {
    expect(await ask(refusal(code))).toMatchObject({ code: "configuration_error", status: 500 });
  });

  it.each<[string, RequestListener]>([
    ["TooManyRequestsException", refusal("TooManyRequestsException")],
    ["429", refusal("TooManyRequestsException", 429)],
    ["ForbiddenException, the word of AWS WAF", refusal("ForbiddenException")],
    ["InternalErrorException", refusal("InternalErrorException", 500)],
    ["a fault of the server that claims to know", refusal("NotAuthorizedException", 500)],
    ["a refusal that nobody knows", refusal("SomethingElseException")],
    ["a refusal without a code", answer(400, {})],
    ["another user by sub", profile("ada", subIs("somebody-else"))],
    ["another user by name", profile("bob", [])],
    ["a sub that is no text", profile("ada", subIs([ada.sub]))],
    ["no name and no sub", profile(undefined, [])],
    ["attributes that are no list", profile("ada", { sub: ada.sub })],
    ["no attributes", answer(200, { Username: "ada" })],
    ["an empty object", answer(200, {})],
    ["no JSON", answer(200, "<html>")],
    ["JSON of another media type", answer(200, { Username: "ada" }, { "content-type": "text/html" })],
    ["a member twice", answer(200, '{"Username":"bob","Username":"ada","UserAttributes":[]}')],
    ["more than 1 MiB", profile("ada", [...subIs(ada.sub), { Name: "a", Value: "a".repeat(1_048_576) }])],
    ["a redirect", answer(307, {}, { location: "/elsewhere" })],
    ["a cut connection", (request) => void request.socket.destroy()],
    [
      "a cut answer",
      (request, response) => {
        response.writeHead(200, { "content-type": type, "content-length": 900 }).write("{");
        setTimeout(() => request.socket.destroy(), 20);
      },
    ],
  ])("cannot know from %s", async (_, listener) => {
    expect(await ask(listener)).toMatchObject({ code: "upstream_unavailable", status: 503, retryAfter: 5 });
    expect(seen).toHaveLength(1);
  });

  it("does not wait for an answer that does not come, or does not end", async () => {
    const late = { code: "upstream_unavailable", options: { reason: "AWS did not answer in time" } };
    expect(await ask(() => {}, 50)).toMatchObject(late);
    const dripping: RequestListener = (_request, response) => {
      response.writeHead(200, { "content-type": type }).write("{");
    };
    expect(await ask(dripping, 50)).toMatchObject(late);
  });

  it("takes no name for a user whose token has none", async () => {
    respond = profile(undefined, []);
    const nameless = { sub: ada.sub, username: undefined };
    const asked = getUser({ url, fetch: globalThis.fetch, timeout: 30_000 }, token, nameless);
    await expect(asked).rejects.toMatchObject({ options: { reason: "the user pool told of another user" } });
  });
});
