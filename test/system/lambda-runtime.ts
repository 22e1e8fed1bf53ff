import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { start, stop } from "./programs.ts";

/** What a function reported for an event. */
export type Invocation =
  | { readonly answer: unknown }
  | { readonly error: { readonly errorType: string; readonly errorMessage: string } };

/** A function that waits for events in a process of its own. */
export interface LambdaFunction {
  invoke(event: unknown): Promise<Invocation>;
  close(): Promise<void>;
}

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Where the code of a function is, as Lambda is told. */
export interface FunctionCode {
  readonly root: string;
  /** The file without its ending, and the name that it exports. */
  readonly handler: string;
}

/**
 * Starts a function, of lambda-handlers.mjs if nothing else is said, behind a Runtime API on loopback, and resolves when it asks
 * for its first event.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startFunction(
  name: string,
  env: Readonly<Record<string, string>>,
  { root, handler }: FunctionCode = { root: folder, handler: `lambda-handlers.${name}` },
): Promise<LambdaFunction> {
  const waiting = new Map<string, (invocation: Invocation) => void>();
  const failed = deferred<never>();
  // Whoever waits for an answer is told; the end of a function that nobody waits for is no fault.
  failed.promise.catch(() => {});
  let idle = deferred<ServerResponse>();
  let count = 0;

  const server = createServer(async (request, response) => {
    const [, , , kind = "", id = "", verdict = ""] = (request.url ?? "").split("/");
    if (id === "next") {
      idle.resolve(response);
      return;
    }
    const content = await read(request);
    response.writeHead(202).end();
    if (kind === "init") failed.reject(new Error(`the function did not start: ${content}`));
    else waiting.get(id)?.(JSON.parse(`{${verdict === "error" ? '"error"' : '"answer"'}:${content || "null"}}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const child = start(process.execPath, [`${folder}lambda-bootstrap.mjs`], {
    env: {
      ...env,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: root,
    },
  });
  child.once("error", failed.reject);
  child.once("close", (status) => failed.reject(new Error(`the process of ${name} ended with ${status}`)));

  async function close(): Promise<void> {
    await stop(child);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async function invoke(event: unknown): Promise<Invocation> {
    const next = await Promise.race([idle.promise, failed.promise]);
    idle = deferred();
    count += 1;
    const id = `request-${count}`;
    const reported = new Promise<Invocation>((resolve) => void waiting.set(id, resolve));
    next.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": String(Date.now() + 10_000),
      "lambda-runtime-invoked-function-arn": `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
    });
    next.end(JSON.stringify(event));
    return Promise.race([reported, failed.promise]);
  }

  try {
    await Promise.race([idle.promise, failed.promise]);
  } catch (fault) {
    await close();
    throw fault;
  }
  return { invoke, close };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (fault: Error) => void } {
  let resolve: (value: T) => void = () => {};
  let reject: (fault: Error) => void = () => {};
  const promise = new Promise<T>((onValue, onFault) => {
    resolve = onValue;
    reject = onFault;
  });
  return { promise, resolve, reject };
}

async function read(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
