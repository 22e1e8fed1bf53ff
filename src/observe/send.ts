/** Hands over whole lines; fulfilled once more may come. */
export type Send = (lines: string) => Promise<void>;

/** What a decision log needs of a stream of Node. */
export interface LogStream {
  write(chunk: string, done: (error?: Error | null) => void): unknown;
  on(event: "error" | "close", listener: (error?: Error) => void): unknown;
}

/** Hands lines to a function of the operator's. */
export function sendToWriter(write: (lines: string) => unknown): Send {
  return async (lines) => {
    await write(lines);
  };
}

/**
 * Hands lines to a stream, each chunk once the stream is through with the last. An error of the stream, which would end the
 * process were nobody to listen, fails the chunk that is under way.
 */
export function sendToStream(stream: LogStream): Send {
  let fail: ((error: Error) => void) | undefined;
  const failed = () => fail?.(new Error("the stream of the decision log failed or was closed"));
  stream.on("error", failed);
  stream.on("close", failed);
  return (lines) =>
    new Promise((resolve, reject) => {
      fail = reject;
      stream.write(lines, (error) => (error ? reject(error) : resolve()));
    });
}
