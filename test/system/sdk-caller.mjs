/**
 * An application with the AWS SDK, unmodified: it finds its credentials by itself, in the environment, and asks STS who it is.
 *
 * Each line of standard input makes it ask: how far its clock is ahead by then, in milliseconds. Each line of standard output is
 * the answer to one.
 */
import { createInterface } from "node:readline";

let ahead = 0;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [RealDate.now() + ahead] : args));
  }
  static now() {
    return RealDate.now() + ahead;
  }
};

const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
const client = new STSClient({});

for await (const line of createInterface(process.stdin)) {
  ahead = Number(line);
  let answer;
  try {
    const { Arn: arn } = await client.send(new GetCallerIdentityCommand({}));
    const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
    answer = { arn, credentials: { accessKeyId, secretAccessKey, sessionToken } };
  } catch (error) {
    answer = { fault: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
