import { describe, expect, it } from "vitest";
import { readBoundedText } from "../../src/client/bounded-text.ts";

function chunked(...chunks: readonly Uint8Array<ArrayBuffer>[]): Response {
  const left = [...chunks];
  return new Response(
    new ReadableStream({
      pull(controller) {
        const chunk = left.shift();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    }),
  );
}

describe("the text of a response", () => {
  it("is read up to the limit, and not beyond", async () => {
    expect(await readBoundedText(new Response("12345"), 5)).toBe("12345");
    expect(await readBoundedText(new Response("123456"), 5)).toBeUndefined();
    expect(await readBoundedText(new Response(null), 5)).toBe("");
  });

  it("may be cut within a character on the way", async () => {
    const [first, ...rest] = new TextEncoder().encode("é!");
    expect(await readBoundedText(chunked(Uint8Array.of(Number(first)), Uint8Array.from(rest)), 10)).toBe("é!");
  });

  it("is not waited for in vain where it is too long and of a clone", async () => {
    const response = new Response("x".repeat(100));
    expect(await readBoundedText(response.clone(), 50)).toBeUndefined();
    expect(await response.text()).toBe("x".repeat(100));
  });

  it("is not read on where it is too long", async () => {
    let pulled = 0;
    const endless = new Response(
      new ReadableStream({
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(1_000));
        },
      }),
    );
    expect(await readBoundedText(endless, 5_000)).toBeUndefined();
    expect(pulled).toBeLessThan(10);
  });
});
