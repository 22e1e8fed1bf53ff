import { describe, expect, it } from "vitest";
import { jsonAnswer } from "../src/answer.ts";
import type { Endpoint } from "../src/endpoint.ts";
import { answerEndpoint, endpointTable, pathOf } from "../src/endpoint-table.ts";
import { AuthError } from "../src/errors.ts";
import { type AuthRequest, RequestHeaders } from "../src/request.ts";

const endpoint: Endpoint = { methods: ["GET"], path: "/a", handle: async ({ target }) => jsonAnswer(200, target) };
const requestOf = (method: string, target: string): AuthRequest => ({
  method,
  target,
  wire: true,
  headers: new RequestHeaders([]),
});

describe("endpointTable", () => {
  it("finds each endpoint under its path", () => {
    const other = { ...endpoint, path: "/b" };
    expect([...endpointTable("owner", [endpoint, other], "advice")]).toEqual([
      ["/a", endpoint],
      ["/b", other],
    ]);
  });

  it("faults whoever was given the list, with its advice", () => {
    expect(() => endpointTable("owner", [endpoint, endpoint], "advice")).toThrow("owner: advice");
    expect(() => endpointTable("owner", [], "advice")).toThrow("owner: pass at least one");
  });
});

describe("pathOf", () => {
  it.each([
    ["/a", "/a"],
    ["/a?b?c", "/a"],
    ["/%61?", "/%61"],
    ["?", ""],
  ])("of %s is %s", (target, path) => {
    expect(pathOf(target)).toBe(path);
  });
});

describe("answerEndpoint", () => {
  it.each<[method: string, target: string, status: number]>([
    ["GET", "/a?b=1", 200],
    ["get", "/a", 405],
    ["POST", "/a", 405],
    ["GET", "/a?b=%00", 400],
    ["GET", "/a/../a", 400],
  ])("%s %s is answered %i", async (method, target, status) => {
    expect((await answerEndpoint(endpoint, () => requestOf(method, target))).status).toBe(status);
  });

  it("turns into an answer what is thrown before there is a request", async () => {
    const answer = await answerEndpoint(endpoint, () => {
      throw new AuthError("duplicate_header");
    });
    expect(answer.status).toBe(400);
  });
});
