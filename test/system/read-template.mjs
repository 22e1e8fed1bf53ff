/**
 * `node read-template.mjs FILE` prints a template as the AWS CDK reads it, as JSON, and fails where it breaks a rule or a schema of
 * CloudFormation. Both come with aws-cdk-lib, which examples/cdk has, and need no network.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const cdk = createRequire(new URL("../../examples/cdk/package.json", import.meta.url));
const { App, LegacyStackSynthesizer, Stack } = cdk("aws-cdk-lib");
const { CfnInclude } = cdk("aws-cdk-lib/cloudformation-include");

const [, , templateFile] = process.argv;
const outdir = mkdtempSync(join(tmpdir(), "poolgate-template-"));
try {
  const context = { "@aws-cdk/core:validateAgainstDefaultRules": true };
  const app = new App({ outdir, context, analyticsReporting: false });
  const stack = new Stack(app, "Template", { synthesizer: new LegacyStackSynthesizer() });
  new CfnInclude(stack, "Included", { templateFile });
  console.log(JSON.stringify(app.synth().getStackByName("Template").template));
} finally {
  rmSync(outdir, { recursive: true });
}
