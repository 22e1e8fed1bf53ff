import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { keyStep, PolicyError, type PolicyFault, placeOf, topStep } from "../../src/policy/policy-error.ts";

describe("PolicyError", () => {
  it("is a configuration fault of one line for each fault of the policy", () => {
    const faults = [
      { where: "require", fault: "a" },
      { where: 'routes["GET /a"].group', fault: "b" },
    ];
    const error = new PolicyError("policy", faults);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.code).toBe("invalid_policy");
    expect(error.message).toBe('policy: 2 faults\n  require: a\n  routes["GET /a"].group: b');
    expect(error.faults).toEqual(faults);
    expect(new PolicyError("rule", [{ where: "rule", fault: "a" }]).message).toBe("rule: 1 fault\n  rule: a");
  });
});

describe("the faults of a document", () => {
  it("stand in the message with their positions and excerpts", () => {
    const location = { line: 2, column: 8, excerpt: "2 | GET /a:\n  |        ^" };
    const fault = { where: 'routes["GET /a"]', fault: "a" };
    expect(new PolicyError("policy", [{ ...fault, location: { file: "p.yaml", ...location } }]).message).toBe(
      'policy: 1 fault\n  p.yaml:2:8: routes["GET /a"]: a\n    2 | GET /a:\n      |        ^',
    );
    expect(new PolicyError("policy", [{ ...fault, location }]).message).toContain(
      '  line 2, column 8: routes["GET /a"]: a\n',
    );
  });

  it("are all kept, but no more than a hundred are in the message", () => {
    const error = new PolicyError("policy", Array(102).fill({ where: "require", fault: "a" }));
    expect(error.faults).toHaveLength(102);
    expect(error.message.split("\n")).toHaveLength(102);
    expect(error.message.endsWith("  require: a\n  and 2 more")).toBe(true);
  });
});

describe("a place", () => {
  it("reports where it is", () => {
    const faults: PolicyFault[] = [];
    const place = placeOf(`routes${keyStep("GET /a")}`, faults);
    expect(place.inside(".allOf").inside("[1]").report("wrong")).toBeUndefined();
    place.report("wrong too");
    expect(faults).toEqual([
      { where: 'routes["GET /a"].allOf[1]', fault: "wrong" },
      { where: 'routes["GET /a"]', fault: "wrong too" },
    ]);
  });

  it("reports whether a key is at fault, its own or one within", () => {
    const faults: PolicyFault[] = [];
    const place = placeOf('routes["GET /a"]', faults);
    expect(place.reportKey("wrong")).toBeUndefined();
    place.reportKey("wrong too", keyStep("gruop"));
    expect(faults).toEqual([
      { where: 'routes["GET /a"]', fault: "wrong", key: 'routes["GET /a"]' },
      { where: 'routes["GET /a"]', fault: "wrong too", key: 'routes["GET /a"].gruop' },
    ]);
  });

  it.each([
    ["office", ".office"],
    ["__proto__", ".__proto__"],
    ["a-b", '["a-b"]'],
    ["1a", '["1a"]'],
    ["", '[""]'],
    ['a"\n', '["a\\"\\n"]'],
  ])("spells the key %j", (key, step) => {
    expect(keyStep(key)).toBe(step);
    expect(`.${topStep(key)}`.replace(".[", "[")).toBe(step);
  });
});
