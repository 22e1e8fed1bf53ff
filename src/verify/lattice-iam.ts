import { factOf, foreignFacts, textOf } from "./gateway-facts.ts";
import { type IamReader, readRole } from "./iam-identity.ts";

// AWS's example has the ARN of the session as one of IAM; STS itself writes another service.
const sessionOfIam = /^(arn:aws(?:-[a-z]+)*:)iam(::\d{12}:assumed-role\/.*)$/;

/**
 * Reads `requestContext.identity` of VPC Lattice, which tells of no identity pool.
 *
 * https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
 */
export const readLatticeIam: IamReader = (identity) => {
  if (factOf(identity, "type") !== "AWS_IAM") throw foreignFacts("the type is not AWS_IAM");
  const arn = textOf(identity, "principal").replace(sessionOfIam, "$1sts$2");
  return { role: readRole(arn, undefined), cognito: undefined };
};
