import { describe, expect, it } from "vitest";
import { RequestHeaders } from "../src/request.ts";
import { requestedMethods } from "../src/requested-methods.ts";

const methodsOf = (method: string, ...headers: readonly string[]) =>
  requestedMethods({ method, headers: new RequestHeaders(headers) });

describe("requestedMethods", () => {
  it("are the one of the request line where no header asks for another", () => {
    expect(methodsOf("GET", "x-method", "DELETE", "method", "PUT")).toEqual(["GET"]);
    expect(methodsOf("get")).toEqual(["get"]);
  });

  it.each(["X-HTTP-Method-Override", "x-http-method", "X-METHOD-OVERRIDE"])("hold what %s asks for", (name) => {
    expect(methodsOf("POST", name, " delete ")).toEqual(["POST", "DELETE"]);
  });

  it("hold what every header asks for, and each of its values", () => {
    expect(
      methodsOf(
        "POST",
        "X-Method-Override",
        "PUT",
        "X-HTTP-Method",
        "",
        "X-HTTP-Method-Override",
        "A",
        "x-method-override",
        "B",
      ),
    ).toEqual(["POST", "A", "", "PUT", "B"]);
  });
});
