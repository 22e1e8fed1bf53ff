export { type LoadPolicyOptions, loadPolicy } from "./load-policy.ts";
export { type ParsePolicyOptions, type PolicyFormat, parsePolicy } from "./parse-policy.ts";
export { type PolicyFile, type PolicyFileOptions, policyFile } from "./policy-file.ts";
export { policyToYaml } from "./policy-to-yaml.ts";
