import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { notesOn } from "../../../src/adapters/express/request-notes.ts";

describe("notesOn", () => {
  it("knows nothing of a request at first", () => {
    expect(notesOn(new IncomingMessage(new Socket()))).toEqual({
      request: undefined,
      proxies: undefined,
      keptBody: undefined,
      body: undefined,
      principal: undefined,
    });
  });

  it("gives the same notes on one request at every call, and others on another", () => {
    const [one, other] = [new IncomingMessage(new Socket()), new IncomingMessage(new Socket())];
    notesOn(one).keptBody = { inflated: true };
    expect(notesOn(one).keptBody).toEqual({ inflated: true });
    expect(notesOn(other).keptBody).toBeUndefined();
  });

  it("leaves the request itself as it was", () => {
    const req = new IncomingMessage(new Socket());
    const before = Reflect.ownKeys(req);
    notesOn(req).keptBody = { inflated: true };
    expect(Reflect.ownKeys(req)).toEqual(before);
  });
});
