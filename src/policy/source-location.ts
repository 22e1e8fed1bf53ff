/** A spot in the text of a document. */
export interface SourceLocation {
  /** The path of the file, as it was given; absent where the text came without one. */
  readonly file?: string;
  /** The line, from 1 up. */
  readonly line: number;
  /** The column, from 1 up, in UTF-16 code units as editors count. */
  readonly column: number;
  /** The line itself, and below it a caret under each character that is meant. */
  readonly excerpt: string;
}

/** A spot as people write it. */
export function positionText({ file, line, column }: SourceLocation): string {
  return file === undefined ? `line ${line}, column ${column}` : `${file}:${line}:${column}`;
}
