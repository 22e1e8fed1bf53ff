import { describe, expect, it } from "vitest";
import { eventBody, requireBodyHash } from "../../../src/adapters/lambda/event-body.ts";

const helloSha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

describe("eventBody", () => {
  it.each([
    [{}, ""],
    [{ body: null }, ""],
    [{ body: "", isBase64Encoded: true }, ""],
    [{ body: "hello", isBase64Encoded: false }, "hello"],
    [{ body: "aGVsbG8=", isBase64Encoded: true }, "hello"],
    [{ body: "aGVsbG8=" }, "aGVsbG8="],
    [{ body: "aGVsbG8=", isBase64Encoded: null }, "aGVsbG8="],
  ])("reads %j as %j", (event, text) => {
    expect(Buffer.from(eventBody(event, 1024)).toString("utf8")).toBe(text);
  });

  it("encodes text as UTF-8", () => {
    expect([...eventBody({ body: "é" }, 1024)]).toEqual([0xc3, 0xa9]);
  });

  it.each([
    { body: "é", isBase64Encoded: false },
    { body: "aGk=", isBase64Encoded: true },
  ])("refuses %j where it has more bytes than the limit", (event) => {
    expect(() => eventBody(event, 1)).toThrow(expect.objectContaining({ code: "body_too_large" }));
    expect(eventBody(event, 2)).toHaveLength(2);
  });

  it.each([
    { body: 7 },
    { body: {} },
    { body: ["a"] },
    { body: "aGVsbG8=", isBase64Encoded: "true" },
    { body: "aGVsbG8=", isBase64Encoded: 1 },
    { body: null, isBase64Encoded: {} },
    { body: "hello!", isBase64Encoded: true },
    { body: "aGVsbG8", isBase64Encoded: true },
    { body: "aGVs\nbG8=", isBase64Encoded: true },
    { body: "aGVsbG9=", isBase64Encoded: true },
  ])("refuses %j as an event of another format", (event) => {
    expect(() => eventBody(event, 1024)).toThrow(expect.objectContaining({ code: "configuration_error" }));
  });
});

describe("requireBodyHash", () => {
  it.each([
    [{ body: "hello" }, helloSha256],
    [{ body: "aGVsbG8=", isBase64Encoded: true }, helloSha256],
    [{ body: null }, emptySha256],
  ])("lets %j through with its hash", (event, sha256) => {
    expect(() => requireBodyHash(event, sha256)).not.toThrow();
  });

  it.each([
    [{ body: "hello " }, helloSha256],
    [{ body: null }, helloSha256],
    [{ body: "hello" }, emptySha256],
  ])("refuses %j with the hash of another body", (event, sha256) => {
    expect(() => requireBodyHash(event, sha256)).toThrow(expect.objectContaining({ code: "payload_mismatch" }));
  });
});
