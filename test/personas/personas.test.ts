import { describe, expect, it } from "vitest";
import type { ReadPersona } from "../../src/personas/persona.ts";
import { personaPrincipal } from "../../src/personas/persona-principal.ts";
import { personaOf, readPersonas, requireNone } from "../../src/personas/personas.ts";
import type { PolicyFault } from "../../src/policy/policy-error.ts";
import { anonymous } from "../../src/principal.ts";

const now = Date.UTC(2026, 0, 1);
const one = (text: string): ReadPersona => personaOf(text, new Map());
const principal = (text: string) => personaPrincipal(one(text), now);

function faultsOf(value: unknown): readonly string[] {
  const faults: PolicyFault[] = [];
  readPersonas(value, "personas", faults);
  return faults.map(({ where, fault }) => `${where}: ${fault}`);
}

describe("personas", () => {
  it("stand for the principals that verifiers make", () => {
    expect(principal("groups=editors,staff,tags.tenant=acme,authAge=5m,claims.custom:x=y")).toMatchObject({
      kind: "user",
      id: "user:testing:caller",
      userId: "caller",
      verifiedBy: "user-pool",
      groups: { names: new Set(["editors", "staff"]), closed: true },
      tags: new Map([["tenant", "acme"]]),
      claims: { "custom:x": "y" },
      authenticatedAt: new Date(now - 300_000),
    });
    expect(principal("kind=role,role=123456789012/Batch,groups=editors")).toMatchObject({
      id: "role:123456789012/Batch",
      issuer: "123456789012",
      verifiedBy: "signed-request",
      groups: { names: new Set(["editors"]), closed: false },
      role: { arn: "arn:aws:sts::123456789012:assumed-role/Batch/caller", account: "123456789012", name: "Batch" },
    });
    expect(principal("kind=role,role=123456789012/Batch")).not.toHaveProperty("groups");
    expect(principal("kind=role,credential=token,role=123456789012/Batch").verifiedBy).toBe("sts-web-identity");
    expect(principal("kind=client,scopes=a,b")).toMatchObject({
      id: "client:testing:caller",
      scopes: new Set(["a", "b"]),
    });
    expect(principal("guest")).toMatchObject({ id: "guest:eu-west-1:guest", verifiedBy: "signed-request" });
    expect(principal("anonymous")).toBe(anonymous);
  });

  it("are written in one argument, in which a comma belongs to a list, and as JSON", () => {
    expect(one("scopes=,groups=a b,c")).toMatchObject({ scopes: [], groups: ["a b", "c"] });
    expect(one('{"groups":["a,b"]}')).toMatchObject({ groups: ["a,b"] });
    expect(one("tags.a=1,tags.b=x=y")).toMatchObject({ tags: { a: "1", b: "x=y" } });
  });

  it.each<[string, string]>([
    ["eve", 'there is no persona "eve"; there are anonymous, guest, or write one as key=value,key=value'],
    ["{eve}", "it begins with { and is no JSON"],
    ["=x", "write key=value, several joined by commas, or JSON that begins with {"],
    ["groups=a,groups=b", "groups is there twice"],
    ["tags=a", "write tags.NAME=VALUE"],
    ["groups.a=b", "groups has no names in it; write groups=VALUE"],
    ["group=a", 'there is no "group" in a persona; the keys are kind, '],
    ["__proto__.a=b", "__proto__ has no names in it"],
    ["kind=role", "write its role, such as 123456789012/Batch"],
    ["kind=role,role=Batch", "write a role such as 123456789012/Batch"],
    ["kind=role,role=123456789012/B*", "write a role such as 123456789012/Batch"],
    ["kind=guest,groups=a", "a guest has none"],
    ["kind=anonymous,userId=a", "an anonymous caller has none"],
    ["credential=signature,scopes=a", 'a signed caller has none; leave it out, or write credential: "token"'],
    ["kind=role,role=123456789012/B,userId=a", "it is no user"],
    ["credential=password", "write one of token, signature"],
    ["authAge=soon", "write a whole number of seconds"],
    ["ip=10.0.0.256", "persona.ip: write an IP address, such as 10.1.2.3"],
  ])("are refused where they are %s", (text, message) => {
    expect(() => one(text)).toThrow(message);
  });

  it("tell all faults of a file at once, each at its place", () => {
    const wrong = { ada: { groups: "a", tags: { tenant: 1 }, scopes: [""] }, "b b": 1, c: { claims: [], tags: [] } };
    expect(faultsOf(wrong)).toEqual([
      "personas.ada.groups: write a list, not a string",
      'personas.ada.tags.tenant: a tag is always text; write "1"',
      "personas.ada.scopes[0]: write a scope; an empty string matches nothing",
      expect.stringMatching(/^personas\["b b"\]: write an object with kind, credential, .*, not a number$/),
      "personas.c.claims: write an object, not a list",
      "personas.c.tags: write an object, not a list",
    ]);
    expect(faultsOf([])).toEqual(["personas: write an object of personas by name, not a list"]);
    expect(() =>
      requireNone([
        { where: "a", fault: "x" },
        { where: "b", fault: "y" },
      ]),
    ).toThrow("2 faults\n  a: x\n  b: y");
  });
});
