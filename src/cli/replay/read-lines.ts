import { createReadStream } from "node:fs";

/** A line of a file; the text is absent where it is too long or not UTF-8. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text?: string;
}

/** No line of a decision log is that long. */
const maximumBytes = 65_536;
const lineFeed = 0x0a;

/** Reads the lines of a file of any size, one after the other; no more of it is held than one line and one chunk. */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 0;
  let pieces: Buffer[] = [];
  let length = 0;

  function take(piece: Buffer): void {
    length += piece.length;
    if (length <= maximumBytes) pieces.push(piece);
    else pieces = [];
  }

  function end(): Line {
    number += 1;
    const text = length > maximumBytes ? undefined : textOf(Buffer.concat(pieces));
    pieces = [];
    length = 0;
    return text === undefined ? { number } : { number, text };
  }

  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let feed = chunk.indexOf(lineFeed); feed !== -1; feed = chunk.indexOf(lineFeed, start)) {
      take(chunk.subarray(start, feed));
      yield end();
      start = feed + 1;
    }
    if (start < chunk.length) take(chunk.subarray(start));
  }
  if (length > 0) yield end();
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function textOf(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
