export type { CedarEntity, CedarRecord, CedarValue, EntityReference } from "../cedar-value.ts";
export type { EntityRole, EntitySource, MappingOptions, PrincipalAttribute, RequestFact } from "../mapping-options.ts";
export { cedarEngine } from "./cedar-engine.ts";
export type { CedarEngineOptions, CedarPolicies, CedarSchema } from "./cedar-engine-options.ts";
