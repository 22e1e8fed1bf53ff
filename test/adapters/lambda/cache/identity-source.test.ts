import { describe, expect, it } from "vitest";
import { faultOf, type Mode, modes } from "./kept-gate.ts";

const http = "$request.header.Authorization";
const rest = "method.request.header.Authorization";

describe.each(["exact", "table", "coarse"] as const)("identity sources: %s", (mode: Mode) => {
  const make = (identitySource: unknown) => () => modes[mode]({ cacheTtl: 300, identitySource });

  it.each([
    ["none", []],
    ["no list", rest],
    ["null", null],
    ["another kind of value", [7]],
    ["another kind of value among them", [http, 7]],
    ["an object without a text", [Object.create(null)]],
    ["no identity source", ["Authorization"]],
    ["one without a name", ["$request.header."]],
    ["one of a REST API without a name", ["method.request.header."]],
    ["one of a REST API among those of an HTTP API", [http, "context.path"]],
    ["one of an HTTP API among those of a REST API", [rest, "$context.path"]],
    ["no header", ["$context.path"]],
    ["no header of a REST API", ["context.path", "context.httpMethod"]],
  ])("are refused: %s", (_, identitySource) => {
    expect(faultOf(make(identitySource)).option).toBe(`${mode}Cache.identitySource`);
  });

  it.each([
    [[http, "$context.httpMethod", "$context.path", "$context.routeKey"]],
    [[http, "$context.httpMethod", "$context.path", "$request.querystring.v", "$stageVariables.x"]],
    [[rest, "context.path", "context.httpMethod", "method.request.querystring.v", "stageVariables.x"]],
  ])("are read: %j", (identitySource) => {
    expect(make(identitySource)().judgeFor).toBeTypeOf("function");
  });
});
