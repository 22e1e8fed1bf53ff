import { createJsonService } from "./aws-json-service.ts";
import { subOf } from "./person.ts";
import type { SignIns } from "./sign-ins.ts";
import type { WireService } from "./wire.ts";

/**
 * The API of the user pool over JSON 1.1: GetUser
 * (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html).
 */
export function createUserPoolService(signIns: SignIns): WireService {
  return createJsonService({
    name: "userPool",
    target: "AWSCognitoIdentityProviderService",
    operations: {
      async GetUser(input) {
        const person = signIns.personOf(input.text("AccessToken"));
        const attributes = { sub: subOf(person), ...person.attributes };
        return {
          Username: person.name,
          UserAttributes: Object.entries(attributes).map(([Name, value]) => ({ Name, Value: String(value) })),
        };
      },
    },
  });
}
