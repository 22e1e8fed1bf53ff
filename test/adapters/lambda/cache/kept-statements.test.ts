import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptStatements } from "../../../../src/adapters/lambda/cache/kept-statements.ts";
import type { PolicyStatements } from "../../../../src/adapters/lambda/policy-answer.ts";
import { AuthError } from "../../../../src/errors.ts";

const api = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/";
const stage = `${api}prod/`;
const none = { allow: [], deny: [] };

/** What is asked about a GET, by an ARN whose path is the one that was asked for unless another is given. */
const asked = (path: string, inArn = path) => ({ arn: `${stage}GET${inArn}`, method: "GET", path });
const resourcesOf = (statements: PolicyStatements | undefined) =>
  Object.fromEntries((statements ?? []).map(({ Effect, Resource }) => [Effect, Resource]));

/** Whether the gateway would let a request pass, by its ARN. */
function passes(statements: PolicyStatements, arn: string): boolean {
  const matches = (pattern: string) => {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^]*")
      .replaceAll("?", "[^]");
    return new RegExp(`^${source}$`).test(arn);
  };
  const has = (effect: string) =>
    statements.some(({ Effect, Resource }) => Effect === effect && [Resource].flat().some(matches));
  return has("Allow") && !has("Deny");
}

describe("the statements that a gateway keeps", () => {
  it("say what patterns say, ahead of which stands the stage", () => {
    expect(keptStatements(asked("/a"), { allow: ["GET/a", "GET/b"], deny: ["GET/c"] })).toEqual([
      { Action: "execute-api:Invoke", Effect: "Allow", Resource: [`${stage}GET/a`, `${stage}GET/b`] },
      { Action: "execute-api:Invoke", Effect: "Deny", Resource: [`${stage}GET/c`] },
    ]);
  });

  it("are one where nothing is denied", () => {
    expect(keptStatements(asked("/a"), { allow: ["GET/a?"], deny: [] })).toEqual([
      { Action: "execute-api:Invoke", Effect: "Allow", Resource: [`${stage}GET/a?`] },
    ]);
  });

  it("are one that denies where nothing is allowed, and deny the whole stage where nothing is said at all", () => {
    const denials = keptStatements(asked("/a"), { allow: [], deny: ["GET/c"] });
    expect(denials).toEqual([{ Action: "execute-api:Invoke", Effect: "Deny", Resource: [`${stage}GET/c`] }]);
    expect(keptStatements(asked("/a"), none)).toEqual([
      { Action: "execute-api:Invoke", Effect: "Deny", Resource: `${stage}*` },
    ]);
  });

  it.each<[string, readonly string[], number]>([
    ["a wildcard that crosses slashes", ["GET/a/*"], 7],
    ["one among others", ["GET/a", "GET/b/*"], 7],
    ["nothing but a wildcard, which is all methods and paths", ["*"], 0],
    ["wildcards of one character, which are in no path that can be read in two ways", ["GET/a?"], 0],
  ])("deny what can be read in two ways, in every partition, where %s is allowed", (_, allow, count) => {
    const { Deny = [] } = resourcesOf(
      keptStatements({ ...asked("/a"), arn: `${stage}GET/a`.replace(":aws:", ":aws-us-gov:") }, { allow, deny: [] }),
    );
    expect(Deny).toHaveLength(count);
    for (const pattern of [Deny].flat()) expect(pattern).toMatch(/^arn:aws-us-gov:execute-api:\*:\*:\*/);
  });

  it.each<[string, string, string]>([
    ["/a/*", "/a/*", "/a/?"],
    ["/a/?", "/a/?", "/a/?"],
    ["/a/$b", "/a/$b", "/a/?b"],
    ["/a/*?$*", "/a/*?$*", "/a/????"],
    ["/a/x", "/a/*", "/a/?"],
    ["/a/*", "/a/%2A", "/a/%2A"],
  ])("deny the path %s, asked about as %s, by %s", (path, inArn, denied) => {
    const statements = keptStatements(asked(path, inArn), { allow: ["*"], deny: [] });
    expect(resourcesOf(statements)).toEqual({ Allow: [`${stage}*`], Deny: [`${stage}GET${denied}`] });
  });

  it("deny a path with a wildcard within the stage of an HTTP API, whose name has a dollar", () => {
    const arn = `${api}$default/GET/a/$`;
    const statements = keptStatements({ arn, method: "GET", path: "/a/$" }, { allow: ["*"], deny: [] });
    expect(resourcesOf(statements)).toEqual({ Allow: [`${api}$default/*`], Deny: [`${api}?default/GET/a/?`] });
  });

  it("deny a path with a wildcard that is as long as may be by its name, and a longer one by what it begins with", () => {
    const deniedFor = (length: number) => {
      const path = `/*${"x".repeat(length - `${stage}GET/*`.length)}`;
      const statements = keptStatements(asked(path), { allow: ["*"], deny: [] }) as PolicyStatements;
      expect(passes(statements, `${stage}GET${path}`)).toBe(false);
      return ([resourcesOf(statements).Deny].flat() as string[]).map((text) => [text.length, text.slice(-2)]);
    };
    expect(deniedFor(511)).toEqual([[511, "xx"]]);
    expect(deniedFor(512)).toEqual([[512, "xx"]]);
    expect(deniedFor(513)).toEqual([[512, "x*"]]);
    expect(deniedFor(2_000)).toEqual([[512, "x*"]]);
  });

  it.each(["allow", "deny"] as const)("are none where a pattern to %s is too long to stand in a policy", (effect) => {
    const of = (length: number) =>
      keptStatements(asked("/a"), { ...none, [effect]: ["GET/a", `GET/${"x".repeat(length - stage.length - 4)}`] });
    expect(of(511)).toHaveLength(1);
    expect(of(512)).toHaveLength(1);
    expect(of(513)).toBeUndefined();
  });
});

describe("an ARN", () => {
  const table = { allow: ["GET/a/*"], deny: [] };

  it.each<[string, string, string]>([
    ["an empty one", "", "/a"],
    ["that of a function", "arn:aws:lambda:eu-west-1:123456789012:function:gate", "/a"],
    ["one without a method", `${api}prod`, "/a"],
    ["one with a method in lower case", `${stage}get/a`, "/a"],
    ["one of a route and no method", `${api}$default/$default`, "/a"],
    ["one with a wildcard for a method", `${stage}*/a`, "/a"],
    ["one of another method", `${stage}POST/a`, "/a"],
    ["one of another path", `${stage}GET/b`, "/a"],
    ["one of the same path in another case", `${stage}GET/A`, "/a"],
    ["one of a longer path, as behind a base path", `${stage}GET/v1/a`, "/a"],
    ["one of a shorter path", `${stage}GET/a`, "/v1/a"],
    ["one without the slash at the end", `${stage}GET/a`, "/a/"],
    ["one of a route with a parameter", `${stage}GET/a/{id}`, "/a/7"],
    ["one of a route with a rest", `${stage}GET/{proxy+}`, "/a/7"],
    ["one of a route with a rest, for a path of other letters", `${stage}GET/{proxy+}`, "/é"],
  ])("is refused as not of the request: %s", (_, arn, path) => {
    const keep = () => keptStatements({ arn, method: "GET", path }, table);
    expect(keep).toThrow(AuthError);
    expect(keep).toThrow(expect.objectContaining({ code: "configuration_error" }));
  });

  it.each<[string, string, string]>([
    ["is that of the request", "/a/x-y.z_~", "/a/x-y.z_~"],
    ["has a letter decoded that the event has not", "/a/é", "/a/%C3%A9"],
    ["has a letter in another encoding than the event", "/a/%C3%A9", "/a/é"],
    ["has braces that the caller sent", "/a/{x}", "/a/{x}"],
    ["has braces that the caller sent escaped", "/a/{x}", "/a/%7Bx%7D"],
    ["has a plus where the event has a space", "/a/x+y", "/a/x y"],
    ["has plain letters where the event has none", "/a/e", "/a/é"],
  ])("may stand for a request whose path gateways write in several ways: it %s", (_, inArn, path) => {
    expect(resourcesOf(keptStatements(asked(path, inArn), table)).Allow).toEqual([`${stage}GET/a/*`]);
  });

  it("of a path with a wildcard never lets that path pass, and every other one as before", () => {
    const path = fc.array(fc.constantFrom("a", "b", "*", "?", "$", "/", "é", "{", "}"), { maxLength: 8 });
    fc.assert(
      fc.property(path, path, (parts, others) => {
        const [mine, other] = [`/${parts.join("")}`, `/${others.join("")}`];
        const statements = keptStatements(asked(mine), { allow: ["*"], deny: [] }) as PolicyStatements;
        expect(passes(statements, `${stage}GET${mine}`)).toBe(!/[*?$]/.test(mine));
        const alike =
          other.length === mine.length && [...mine].every((char, at) => /[*?$]/.test(char) || char === other[at]);
        if (!alike) expect(passes(statements, `${stage}GET${other}`)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
