export type { CedarEntity, CedarRecord, CedarValue, EntityReference } from "../cedar-value.ts";
export type { EntityRole, EntitySource, MappingOptions, PrincipalAttribute, RequestFact } from "../mapping-options.ts";
export { verifiedPermissionsEngine } from "./verified-permissions-engine.ts";
export type {
  AnswerCacheOptions,
  PermissionsClient,
  VerifiedPermissionsOptions,
} from "./verified-permissions-options.ts";
