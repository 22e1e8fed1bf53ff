/** The ARN of an IAM role, with its parts. */
export interface RoleArn {
  /** As it was given, such as `arn:aws:iam::123456789012:role/articles/Editor`. */
  readonly arn: string;
  readonly partition: string;
  /** The twelve digits of the account. */
  readonly account: string;
  /** The name of the role, without its path. */
  readonly name: string;
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html: a path of at most 512 visible characters, which begins
// and ends with a slash, then a name of at most 64.
const form = /^arn:(aws(?:-[a-z]+)*):iam::(\d{12}):role\/(?:[\x21-\x7e]{1,510}\/)?([\w+=,.@-]{1,64})$/;

/** Reads the ARN of an IAM role, which may have a path; undefined for anything else. */
export function parseRoleArn(text: string): RoleArn | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [arn, partition, account, name] = match as unknown as [string, string, string, string];
  return { arn, partition, account, name };
}

/** Whether an assumed role is the one that an ARN names; paths cannot be compared, but a name is an account's only once. */
export function isSameRole(one: Omit<RoleArn, "arn">, other: Omit<RoleArn, "arn">): boolean {
  return one.partition === other.partition && one.account === other.account && one.name === other.name;
}
