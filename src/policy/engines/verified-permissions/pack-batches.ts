import type { EntityItem } from "@aws-sdk/client-verifiedpermissions";
import type { PermissionsQuestion } from "./permissions-question.ts";

/** Questions that can be put in one call. */
export interface Batch {
  readonly questions: readonly PermissionsQuestion[];
  /** The entities of all of them, the caller first. */
  readonly entities: readonly EntityItem[];
}

/** https://docs.aws.amazon.com/verifiedpermissions/latest/apireference/API_BatchIsAuthorized.html */
const maximumQuestions = 30;
/** Of principals, to which the caller belongs; which of the others are some, only the schema of the store knows. */
const maximumEntities = 100;

interface Box {
  readonly questions: PermissionsQuestion[];
  readonly echoes: Set<string>;
  readonly entities: Map<string, { readonly text: string; readonly item: EntityItem }>;
}

/**
 * Puts questions into as few calls as may be. All of one call are about one caller, known in the same words; no entity is in it
 * in two forms; and no two differ in their context only, for the answers could not be told apart.
 */
export function packBatches(questions: readonly PermissionsQuestion[]): readonly Batch[] {
  const byCaller = new Map<string, Box[]>();
  for (const question of questions) {
    const caller = JSON.stringify(question.principal);
    const boxes = byCaller.get(caller) ?? [];
    byCaller.set(caller, boxes);
    const box = boxes.find((candidate) => fits(question, candidate)) ?? emptyBox(boxes);
    box.questions.push(question);
    box.echoes.add(question.echo);
    for (const item of question.entities) box.entities.set(nameOf(item), { text: JSON.stringify(item), item });
  }
  return [...byCaller.values()].flat().map(({ questions: packed, entities }) => ({
    questions: packed,
    entities: [(packed[0] as PermissionsQuestion).principal, ...[...entities.values()].map(({ item }) => item)],
  }));
}

function emptyBox(boxes: Box[]): Box {
  const box: Box = { questions: [], echoes: new Set(), entities: new Map() };
  boxes.push(box);
  return box;
}

function fits({ echo, entities }: PermissionsQuestion, box: Box): boolean {
  if (box.questions.length === maximumQuestions || box.echoes.has(echo)) return false;
  const fresh = entities.filter((item) => !box.entities.has(nameOf(item)));
  if (1 + box.entities.size + fresh.length > maximumEntities) return false;
  return entities.every((item) => {
    const known = box.entities.get(nameOf(item));
    return known === undefined || known.text === JSON.stringify(item);
  });
}

function nameOf({ identifier }: EntityItem): string {
  return JSON.stringify(identifier);
}
