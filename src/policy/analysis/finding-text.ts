import { positionText } from "../source-location.ts";
import { invisible } from "../source-text.ts";
import type { FindingWitness, PolicyFinding } from "./policy-finding.ts";
import { witnessCallerText, witnessRequestText } from "./witness-text.ts";

/** A finding as lines for a person. */
export function findingLines({ severity, code, where, finding, location, witness }: PolicyFinding): readonly string[] {
  const position = location === undefined ? "" : `${positionText(location)}: `;
  return [
    escaped(`  ${position}${severity} ${code}: ${where}: ${finding}`),
    ...(location === undefined ? [] : location.excerpt.split("\n").map((line) => `    ${line}`)),
    ...(witness === undefined ? [] : witnessLines(witness).map(escaped)),
  ];
}

function witnessLines({ caller, request, provided }: FindingWitness): readonly string[] {
  const asking = request === undefined ? "" : `, asking ${witnessRequestText(request)}`;
  const where = provided.map(({ leaf, answer }) => `${leaf} is ${answer}`);
  const condition = where.length === 0 ? "" : `, where ${where.join(" and ")}`;
  return [`    who passes: ${witnessCallerText(caller)}${asking}${condition}`];
}

/** A text in which nothing moves a cursor or turns the direction of writing. */
function escaped(text: string): string {
  return text.replace(invisible, (found) =>
    Array.from(
      { length: found.length },
      (_, index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
