import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { knownNotes, notesOn } from "../../../src/adapters/express/request-notes.ts";

describe("notesOn", () => {
  it("knows nothing of a request at first", () => {
    const req = new IncomingMessage(new Socket());
    expect(knownNotes(req)).toBeUndefined();
    expect(notesOn(req)).toEqual({
      req,
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

  it("gives no note on a request to what was copied or made from it", () => {
    const req = new IncomingMessage(new Socket());
    notesOn(req).keptBody = { inflated: true };
    expect([knownNotes(Object.create(req)), knownNotes(req)?.keptBody]).toEqual([undefined, { inflated: true }]);
    for (const another of [Object.create(req), Object.assign(new IncomingMessage(new Socket()), req)]) {
      notesOn(req).keptBody = { inflated: true };
      expect(notesOn(another).keptBody).toBeUndefined();
      expect(notesOn(another).req).toBe(another);
    }
  });

  it("leaves the request itself as it was", () => {
    const req = new IncomingMessage(new Socket());
    const before = Reflect.ownKeys(req);
    notesOn(req).keptBody = { inflated: true };
    expect(Reflect.ownKeys(req)).toEqual(before);
    expect(Reflect.ownKeys(req.rawHeaders)).toEqual(["length"]);
  });
});
