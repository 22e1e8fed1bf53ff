export { type AnalyzeOptions, analyzePolicy } from "./analysis/analyze-policy.ts";
export { type DiffOptions, diffPolicies } from "./analysis/diff-policies.ts";
export type {
  DecidingLeaf,
  PolicyDiff,
  RouteChange,
  Witness,
  WitnessCaller,
  WitnessRequest,
} from "./analysis/policy-diff.ts";
export type { FindingCode, FindingWitness, PolicyAnalysis, PolicyFinding } from "./analysis/policy-finding.ts";
export { type LoadPolicyOptions, loadPolicy } from "./load-policy.ts";
export { type ParsePolicyOptions, type PolicyFormat, parsePolicy } from "./parse-policy.ts";
export { type PolicyFile, type PolicyFileOptions, policyFile } from "./policy-file.ts";
export { policyToYaml } from "./policy-to-yaml.ts";
