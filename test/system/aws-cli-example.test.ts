import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { run } from "./programs.ts";

const example = fileURLToPath(new URL("../../examples/aws-cli/main.ts", import.meta.url));

describe("the example with the AWS command line", () => {
  it("calls AWS and the API with the credentials of the broker", async () => {
    const { status, stdout, stderr } = await run(process.execPath, ["--import", "tsx", example]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      [
        "At AWS I am arn:aws:sts::123456789012:assumed-role/ArticleEditor/CognitoIdentityCredentials",
        '{"id":"1","reader":"user"}',
        '{"article":{"title":"From the shell"},"role":"ArticleEditor"}',
        "",
      ].join("\n"),
    );
  });
});
