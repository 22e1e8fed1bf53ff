import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { readCognitoClaims } from "../../src/tokens/cognito-claims.ts";
import { accessClaims, clientId, idClaims, sub } from "./token-fixtures.ts";

const clients = new Set([clientId, "2other"]);
const refused = (reason: string) => new AuthError("invalid_token", { reason });

describe("readCognitoClaims", () => {
  it("reads an access token", () => {
    expect(readCognitoClaims(accessClaims(), "access", clients)).toEqual({
      sub,
      clientId,
      machine: false,
      groups: ["editors"],
      scopes: ["aws.cognito.signin.user.admin", "articles/read"],
    });
  });

  it("reads an ID token, which has no scopes even if it says so", () => {
    expect(readCognitoClaims(idClaims({ scope: "articles/read" }), "id", clients)).toEqual({
      sub,
      clientId,
      machine: false,
      groups: ["editors"],
    });
  });

  it("takes a missing list for an empty one", () => {
    const claims = readCognitoClaims(
      accessClaims({ "cognito:groups": undefined, scope: undefined }),
      "access",
      clients,
    );
    expect(claims).toMatchObject({ groups: [], scopes: [] });
    expect(readCognitoClaims(accessClaims({ scope: "  a   b " }), "access", clients).scopes).toEqual(["a", "b"]);
  });

  it("tells a machine by its sub and the lack of a user name, in access tokens only", () => {
    const machine = { sub: clientId, username: undefined };
    expect(readCognitoClaims(accessClaims(machine), "access", clients).machine).toBe(true);
    expect(readCognitoClaims(accessClaims({ username: undefined }), "access", clients).machine).toBe(false);
    expect(readCognitoClaims(accessClaims({ sub: clientId }), "access", clients).machine).toBe(false);
    expect(readCognitoClaims(idClaims(machine), "id", clients).machine).toBe(false);
  });

  it("accepts any client where none is asked for, but not a token without one", () => {
    expect(readCognitoClaims(accessClaims({ client_id: "3" }), "access", null).clientId).toBe("3");
    expect(readCognitoClaims(idClaims({ aud: "3" }), "id", null).clientId).toBe("3");
    expect(() => readCognitoClaims(accessClaims({ client_id: undefined }), "access", null)).toThrow(
      refused("client_id is not one string"),
    );
    expect(() => readCognitoClaims(idClaims({ aud: [clientId] }), "id", null)).toThrow(
      refused("aud is not one string"),
    );
  });

  it("never takes the aud of an access token for its client", () => {
    const bound = accessClaims({ client_id: "3foreign", aud: clientId });
    expect(() => readCognitoClaims(bound, "access", clients)).toThrow(
      refused("client_id is none of the configured clients"),
    );
    const resources = new Set(["https://resource"]);
    const claims = accessClaims({ aud: "https://resource" });
    expect(readCognitoClaims(claims, "access", clients, resources).clientId).toBe(clientId);
  });

  const ours = new Set(["https://api.example.com", "https://v2.example.com"]);
  const refused = (reason: string) => new AuthError("invalid_token", { reason });

  it.each(["https://api.example.com", "https://v2.example.com", ["https://other.example", "https://api.example.com"]])(
    "accepts an access token that is bound to one of our resources: %j",
    (aud) => {
      expect(readCognitoClaims(accessClaims({ aud }), "access", clients, ours).clientId).toBe(clientId);
    },
  );

  it.each([
    undefined,
    null,
    "",
    [],
    clientId,
    "https://other.example",
    "https://api.example.com/",
    "HTTPS://api.example.com",
    ["https://other.example"],
    [["https://api.example.com"]],
    ["https://api.example.com", 1],
    { 0: "https://api.example.com" },
  ])("refuses an access token that is bound to none of ours: %j", (aud) => {
    expect(() => readCognitoClaims(accessClaims({ aud }), "access", clients, ours)).toThrow(
      refused("aud is none of the configured resources"),
    );
  });

  it.each(["https://api.example.com", clientId, null, []])(
    "refuses an access token that is bound to %j where no resource is ours",
    (aud) => {
      expect(() => readCognitoClaims(accessClaims({ aud }), "access", clients)).toThrow(
        refused("aud binds it to a resource and none is configured"),
      );
    },
  );

  it("does not look at what an access token is bound to where it is told not to", () => {
    expect(readCognitoClaims(accessClaims({ aud: 1 }), "access", clients, null).clientId).toBe(clientId);
    expect(readCognitoClaims(accessClaims(), "access", clients, null).clientId).toBe(clientId);
  });

  it("looks at the client whatever the resource", () => {
    const claims = accessClaims({ aud: "https://api.example.com", client_id: "3foreign" });
    expect(() => readCognitoClaims(claims, "access", clients, ours)).toThrow(
      refused("client_id is none of the configured clients"),
    );
  });
});
