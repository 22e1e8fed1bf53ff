export { type LoadPolicyOptions, loadPolicy } from "./load-policy.ts";
export { type ParsePolicyOptions, type PolicyFormat, parsePolicy } from "./parse-policy.ts";
export { policyToYaml } from "./policy-to-yaml.ts";
