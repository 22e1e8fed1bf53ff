import { describe, expect, it } from "vitest";
import { placeOf } from "../../src/policy/policy-error.ts";
import { createRouteIndex, type RouteIndexOptions } from "../../src/policy/route-index.ts";
import { type RoutePattern, readRouteKey } from "../../src/policy/route-key.ts";
import { parseTarget } from "../../src/target.ts";

function indexOf(keys: readonly string[], options: Partial<RouteIndexOptions> = {}) {
  const index = createRouteIndex<string>({ caseSensitive: false, strict: false, ...options });
  const rivals = keys.map((key) => index.add(readRouteKey(key, placeOf(key, [])) as RoutePattern, `rule of ${key}`));
  return {
    rivals: rivals.filter((rival) => rival !== undefined),
    find(request: string) {
      const [method = "", target = ""] = request.split(" ");
      return index.find(method, parseTarget(target));
    },
  };
}

describe("the most specific route wins", () => {
  const keys = [
    "* /**",
    "GET /**",
    "GET /",
    "GET /a/**",
    "* /a",
    "GET /a/:id",
    "* /a/b",
    "GET /a/*",
    "POST /a/*",
    "GET /a/b/c",
    "* /a/:id/c",
    "GET /a/:id/:sub",
    "POST /:first/b",
    "GET /files/*path",
    "* /files/**",
  ] as const;

  it.each([
    ["GET /", "GET /"],
    ["POST /", "* /**"],
    ["GET /a", "* /a"],
    ["DELETE /a", "* /a"],
    ["GET /a/b", "* /a/b"],
    ["GET /a/x", "GET /a/:id"],
    ["POST /a/x", "POST /a/*"],
    ["POST /a/b", "* /a/b"],
    ["PUT /a/x", "* /**"],
    ["PUT /x", "* /**"],
    ["POST /x/b", "POST /:first/b"],
    ["PUT /x/b", "* /**"],
    ["GET /a/b/c", "GET /a/b/c"],
    ["PUT /a/b/c", "* /a/:id/c"],
    ["GET /a/x/c", "* /a/:id/c"],
    ["GET /a/x/d", "GET /a/:id/:sub"],
    ["GET /a/b/d", "GET /a/:id/:sub"],
    ["GET /a/b/c/d", "GET /a/**"],
    ["PUT /a/b/c/d", "* /**"],
    ["GET /x/y", "GET /**"],
    ["GET /files/a/b", "GET /files/*path"],
    ["GET /files", "* /files/**"],
    ["PUT /files/a", "* /files/**"],
    ["GET /filesystem", "GET /**"],
  ])("for %s it is %s, in whatever order they were written", (request, key) => {
    for (const order of [keys, [...keys].reverse()]) {
      const index = indexOf(order);
      expect(index.rivals).toEqual([]);
      expect(index.find(request)).toMatchObject({ route: key, rule: `rule of ${key}` });
    }
  });

  it("takes the one that ends over one that takes an empty rest", () => {
    expect(indexOf(["GET /a/**", "* /a"]).find("GET /a")?.route).toBe("* /a");
  });

  it("takes another method's route where the better one needs more of a path", () => {
    expect(indexOf(["GET /a/*rest", "* /a/**"]).find("GET /a")?.route).toBe("* /a/**");
    expect(indexOf(["GET /a/**", "* /a/*rest"]).find("POST /a")).toBeUndefined();
  });
});

describe("a request without a route", () => {
  const index = indexOf(["GET /a", "POST /a/:id", "* /b/*", "* /c/*rest", "* /d"]);

  it.each([
    "GET /",
    "GET /x",
    "POST /a",
    "GET /a/1",
    "GET /b",
    "GET /b/1/2",
    "GET /c",
    "GET /c/",
    "GET /ab",
    "GET /a/b",
    "TRACE /d",
    "CONNECT /d",
    "PROPFIND /d",
    "get /d",
    "* /d",
    "constructor /d",
    " /d",
  ])("is %j", (request) => {
    expect(index.find(request)).toBeUndefined();
  });

  it("is any request to an empty index", () => {
    expect(indexOf([]).find("GET /")).toBeUndefined();
  });
});

describe("methods", () => {
  it("are all covered by a star, HEAD among them", () => {
    const index = indexOf(["* /a"]);
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      expect(index.find(`${method} /a`)?.route).toBe("* /a");
    }
  });

  it("HEAD takes the route of GET", () => {
    const index = indexOf(["GET /a", "* /a", "POST /b"]);
    expect(index.find("HEAD /a")?.route).toBe("GET /a");
    expect(index.find("HEAD /b")).toBeUndefined();
  });
});

describe("parameters", () => {
  it("are decoded, and inherit nothing", () => {
    const found = indexOf(["GET /a/:id/{b}"]).find("GET /a/x%20y/%C3%A9+");
    expect(found?.params).toEqual(Object.assign(Object.create(null), { id: "x y", b: "é+" }));
    const behind: unknown = Object.getPrototypeOf(found?.params);
    expect(Reflect.ownKeys(behind as object)).toEqual([]);
    expect(Object.getPrototypeOf(behind)).toBeNull();
    expect(behind).toSatisfy(Object.isFrozen);
  });

  it("may have any name", () => {
    const found = indexOf(["GET /:__proto__/:constructor"]).find("GET /a/b");
    expect(Object.entries(found?.params ?? {})).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
  });

  it("are named by the route that won", () => {
    const index = indexOf(["GET /:x/a", "GET /:y/b"]);
    expect(index.find("GET /1/a")?.params).toMatchObject({ x: "1" });
    expect(index.find("GET /1/b")?.params).toMatchObject({ y: "1" });
    expect(Object.keys(index.find("GET /1/b")?.params ?? {})).toEqual(["y"]);
  });

  it.each([
    ["GET /f/a", "a"],
    ["GET /f/a/b%20c/d", "a/b c/d"],
    ["GET /f/a/", "a"],
  ])("that take the rest are its decoded segments: %s", (request, path) => {
    for (const key of ["GET /f/*path", "GET /f/{path+}"]) expect(indexOf([key]).find(request)?.params.path).toBe(path);
  });

  it("are none where the route names none", () => {
    expect(Object.keys(indexOf(["GET /*/**"]).find("GET /a/b")?.params ?? { none: 1 })).toEqual([]);
  });
});

describe("case and trailing slash", () => {
  it("are ignored by default, in what is written out", () => {
    const index = indexOf(["GET /Articles/caf%C3%A9", "GET /x/:id"]);
    expect(index.find("GET /aRTICLES/CAF%c3%a9/")?.route).toBe("GET /Articles/caf%C3%A9");
    expect(index.find("GET /X/Ab/")?.params).toMatchObject({ id: "Ab" });
  });

  it("tell paths apart where the options say so", () => {
    const index = indexOf(["GET /a", "GET /A", "GET /b/", "GET /b", "GET /c/:id/", "GET /d/**", "GET /"], {
      caseSensitive: true,
      strict: true,
    });
    expect(index.rivals).toEqual([]);
    expect(index.find("GET /a")?.route).toBe("GET /a");
    expect(index.find("GET /A")?.route).toBe("GET /A");
    expect(index.find("GET /a/")).toBeUndefined();
    expect(index.find("GET /b")?.route).toBe("GET /b");
    expect(index.find("GET /b/")?.route).toBe("GET /b/");
    expect(index.find("GET /c/1/")?.route).toBe("GET /c/:id/");
    expect(index.find("GET /c/1")).toBeUndefined();
    expect(index.find("GET /d/")?.route).toBe("GET /d/**");
    expect(index.find("GET /d/x/")?.route).toBe("GET /d/**");
    expect(index.find("GET /")?.route).toBe("GET /");
  });
});

describe("a static segment in other escapes", () => {
  const refusal = expect.objectContaining({ code: "target_not_canonical" });

  it("is refused, since Express routes it elsewhere and a file server behind it decodes it", () => {
    const index = indexOf(["GET /a;b", "GET /:id"]);
    expect(index.find("GET /a;b")?.route).toBe("GET /a;b");
    expect(index.find("GET /A;B")?.route).toBe("GET /a;b");
    expect(() => index.find("GET /a%3Bb")).toThrow(refusal);
    expect(() => index.find("GET /A%3bB")).toThrow(refusal);
  });

  it("does not take the rule of a wider route", () => {
    const index = indexOf(["GET /files/**", "* /files/@private/**"]);
    expect(index.find("GET /files/@private/x")?.route).toBe("* /files/@private/**");
    expect(() => index.find("GET /files/%40private/x")).toThrow(refusal);
    expect(index.find("GET /files/a%40b.c")?.route).toBe("GET /files/**");
  });

  it("is refused where the route is written with the escape", () => {
    const index = indexOf(["GET /a%40b", "GET /:id"]);
    expect(index.find("GET /a%40b")?.route).toBe("GET /a%40b");
    expect(() => index.find("GET /a@b")).toThrow(refusal);
  });

  it("is refused where only the case of the escape differs and case counts", () => {
    const index = indexOf(["GET /caf%C3%A9", "GET /:id"], { caseSensitive: true });
    expect(index.find("GET /caf%C3%A9")?.route).toBe("GET /caf%C3%A9");
    expect(() => index.find("GET /caf%c3%a9")).toThrow(refusal);
    expect(indexOf(["GET /caf%C3%A9"]).find("GET /caf%c3%a9")?.route).toBe("GET /caf%C3%A9");
  });

  it("is no concern where no static segment stands at that place", () => {
    const index = indexOf(["GET /users/:id", "GET /@me"]);
    expect(index.find("GET /users/%40me")?.params).toEqual({ id: "@me" });
  });
});

describe("routes of equal specificity", () => {
  it.each([
    ["GET /a/:x", "GET /a/:y"],
    ["GET /a/:x", "GET /a/{y}"],
    ["GET /a/**", "GET /a/*rest"],
    ["GET /a/*rest", "GET /a/{proxy+}"],
    ["* /a", "* /a"],
    ["GET /a", "GET /A"],
    ["GET /a", "GET /a/"],
    ["GET /caf%C3%A9", "GET /caf%c3%a9"],
    ["GET /*/x/:a", "GET /*/X/:b"],
  ])("%s and %s are rivals", (one, other) => {
    expect(indexOf([one, other]).rivals).toEqual([one]);
    expect(indexOf([other, one]).rivals).toEqual([other]);
  });

  it.each([
    ["GET /a", "POST /a"],
    ["GET /a", "* /a"],
    ["GET /a/:x", "GET /a/*"],
    ["GET /a/*", "GET /a/**"],
    ["GET /a/:x/b", "GET /a/b/:x"],
    ["GET /a", "GET /a/**"],
  ])("%s and %s are none", (one, other) => {
    expect(indexOf([one, other]).rivals).toEqual([]);
  });
});
