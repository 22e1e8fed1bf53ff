import { ConfigurationError } from "../configuration.ts";
import { analyzePolicy } from "./analysis/analyze-policy.ts";
import type { PolicyFinding } from "./analysis/policy-finding.ts";
import type { Policy } from "./define-policy.ts";

/** Takes the warnings of a policy that has been read. */
export type OnWarnings = (warnings: readonly PolicyFinding[]) => void;

/** @throws ConfigurationError where it is no function. */
export function requireOnWarnings(owner: string, onWarnings: OnWarnings | undefined): void {
  if (onWarnings === undefined || typeof onWarnings === "function") return;
  throw new ConfigurationError("invalid_option", `${owner}.onWarnings`, "write (warnings) => ...");
}

/** Analyzes a policy where somebody wants to know, and hands on the warnings if there are any. */
export function reportWarnings(policy: Policy, onWarnings: OnWarnings | undefined): void {
  if (onWarnings === undefined) return;
  const warnings = analyzePolicy(policy).findings.filter(({ severity }) => severity === "warning");
  if (warnings.length > 0) onWarnings(Object.freeze(warnings));
}
