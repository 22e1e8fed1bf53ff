import { expect, it } from "vitest";
import { fitsGateway, tooLarge } from "../../../src/adapters/lambda/outcome.ts";

it.each<[string, number, boolean]>([
  ["x", 8_184, true],
  ["x", 8_185, false],
  // Bytes count, not characters.
  ["é", 4_092, true],
  ["é", 4_093, false],
  ['"', 4_092, true],
  ['"', 4_093, false],
])("an answer may have 8,192 bytes as JSON: %j, %d times: %s", (character, times, fits) => {
  expect(fitsGateway({ a: character.repeat(times) })).toBe(fits);
});

it("refuses a caller of whom more would have to be told as one who may not, and tells nothing of him", () => {
  expect(tooLarge()).toMatchObject({ code: "access_denied", status: 403 });
});
