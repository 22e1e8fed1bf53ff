import { createHash } from "node:crypto";
import type { BatchIsAuthorizedInputItem, EntityItem } from "@aws-sdk/client-verifiedpermissions";
import type { CedarEntity } from "../cedar-value.ts";
import type { EngineQuestion } from "../engine-question.ts";
import { attributeValues, entityIdentifier } from "./attribute-value.ts";

/** A question as Verified Permissions is asked, with what tells it from others. */
export interface PermissionsQuestion {
  readonly item: BatchIsAuthorizedInputItem;
  readonly principal: EntityItem;
  /** All but the caller. */
  readonly entities: readonly EntityItem[];
  /** The same for questions that are the same in every part, asked of the same policy store. */
  readonly key: string;
  /** The same for questions that an answer's echo of the request cannot tell apart. */
  readonly echo: string;
}

/** Spells a question. */
export function permissionsQuestion(question: EngineQuestion, policyStoreId: string): PermissionsQuestion {
  const { action, resource, context } = question;
  const principal = entityItem(question.principal);
  const entities = question.entities.map(entityItem);
  const item: BatchIsAuthorizedInputItem = {
    principal: entityIdentifier(question.principal.uid),
    action: { actionType: action.type, actionId: action.id },
    resource: entityIdentifier(resource),
    context: { contextMap: attributeValues(context) },
  };
  const whole = JSON.stringify([policyStoreId, item, principal, entities]);
  const key = createHash("sha256").update(whole).digest("base64url");
  return { item, principal, entities, key, echo: echoOf(item) as string };
}

/** What is compared of a request that an answer names; undefined where it does not name one. */
export function echoOf(request: unknown): string | undefined {
  const { principal, action, resource } = Object(request) as Readonly<Record<string, unknown>>;
  const names = [
    member(principal, "entityType"),
    member(principal, "entityId"),
    member(action, "actionType"),
    member(action, "actionId"),
    member(resource, "entityType"),
    member(resource, "entityId"),
  ];
  return names.every((name) => typeof name === "string") ? JSON.stringify(names) : undefined;
}

function member(value: unknown, name: string): unknown {
  return (Object(value) as Readonly<Record<string, unknown>>)[name];
}

function entityItem({ uid, attrs = {}, parents = [], tags = {} }: CedarEntity): EntityItem {
  return {
    identifier: entityIdentifier(uid),
    attributes: attributeValues(attrs),
    parents: parents.map(entityIdentifier),
    ...(Object.keys(tags).length > 0 && { tags: attributeValues(tags) }),
  };
}
