import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hexSha256 } from "../../src/client/hex-sha256.ts";

describe("hexSha256", () => {
  it.each<[string, string]>([
    ["", "the empty text"],
    ["é€\u{1f511}", "text beyond ASCII"],
  ])("hashes %j (%s) as UTF-8", async (text) => {
    const expected = createHash("sha256").update(text).digest("hex");
    expect(await hexSha256(text)).toBe(expected);
    expect(await hexSha256(new TextEncoder().encode(text))).toBe(expected);
  });
});
