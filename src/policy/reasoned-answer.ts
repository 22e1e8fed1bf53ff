/** A decision of an engine that also says what decided. */
export interface ReasonedAnswer {
  readonly value: boolean;
  /**
   * What decided, such as the ids of policies; empty where nothing allowed. Explanations show it, so it holds nothing that a
   * caller must not read.
   */
  readonly decidedBy: readonly string[];
}

/** Reads an answer of that form; undefined where it has any other. */
export function readReasonedAnswer(answer: unknown): ReasonedAnswer | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const { value, decidedBy, ...others } = answer as Readonly<Record<string, unknown>>;
  if (typeof value !== "boolean" || Object.keys(others).length > 0) return undefined;
  if (!Array.isArray(decidedBy) || !decidedBy.every((name) => typeof name === "string")) return undefined;
  return { value, decidedBy: Object.freeze([...decidedBy]) };
}

/** Thrown by an engine that cannot tell, with words for the explanation beside the message for the operator. */
export class Undecided extends Error {
  override readonly name = "Undecided";
  /** Why, in a few words that hold nothing of the request. */
  readonly because: string;

  constructor(because: string, message: string = because, options?: ErrorOptions) {
    super(message, options);
    this.because = because;
  }
}
