import { describe, expect, it } from "vitest";
import { definePolicy, type PolicyInit } from "../../src/policy/define-policy.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";

function faultsOf(init: object): readonly string[] {
  try {
    definePolicy({ routes: {}, ...init } as PolicyInit);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    return thrown.faults.map(({ where, fault }) => `${where}: ${fault}`);
  }
}

const param = (name: string) =>
  `connect: the rule or require reads param("${name}"), but a WebSocket is opened without a path`;
const nobody = "connect: nobody can ever pass this rule; mend it, or leave it out, since without it nobody may connect";
const ofParam = (name: string) => ({ equal: [{ tag: "tenant" }, { param: name }] });
const both = { allOf: ["authenticated", "guest"] };

describe("the rule for opening a connection", () => {
  it.each<[string, object]>([
    ["anyone", { connect: "anyone" }],
    ["a group", { connect: { group: "editors" } }],
    ["a query, which a client may send along", { connect: { equal: [{ query: "q" }, "x"] } }],
    ["a name", { connect: { rule: "x" }, rules: { x: "authenticated" } }],
    ["anyone, whatever require reads", { connect: "anyone", require: ofParam("t") }],
    ["anyone, whoever could pass require", { connect: "anyone", require: "guest" }],
  ])("may be %s", (_, init) => {
    expect(faultsOf(init)).toEqual([]);
  });

  it("is the one that is judged, beside require", () => {
    const policy = definePolicy({ connect: { group: "editors" }, require: { not: { group: "staff" } }, routes: {} });
    expect(policy.document.connect).toEqual({ group: "editors" });
    expect(policy.connect?.source).toEqual({ allOf: [{ not: { group: "staff" } }, { group: "editors" }] });
    expect(definePolicy({ routes: {} }).connect).toBeUndefined();
  });

  it.each<[string, object, readonly string[]]>([
    ["what is no rule", { connect: "nobody" }, [expect.stringContaining('connect: there is no rule "nobody"')]],
    ["no rule at all", { connect: null }, ["connect: a rule is a string or an object with one key, not null"]],
    ["a parameter", { connect: ofParam("t") }, [param("t")]],
    ["parameters", { connect: { anyOf: [ofParam("t"), ofParam("u"), ofParam("t")] } }, [param("t"), param("u")]],
    ["a parameter behind a name", { connect: { rule: "x" }, rules: { x: ofParam("t") } }, [param("t")]],
    ["a parameter of require", { connect: "authenticated", require: ofParam("t") }, [param("t")]],
    ["a parameter, which is all that is told", { connect: { allOf: [both, ofParam("t")] } }, [param("t")]],
    ["what nobody can pass", { connect: both }, [nobody]],
    ["what nobody can pass, behind a name", { connect: { rule: "x" }, rules: { x: both } }, [nobody]],
    ["what nobody can pass beside require", { connect: "guest", require: "authenticated" }, [nobody]],
    ["nobody, which leaving it out says", { connect: { not: "anyone" } }, [nobody]],
  ])("cannot be %s", (_, init, faults) => {
    expect(faultsOf(init)).toEqual(faults);
  });
});
