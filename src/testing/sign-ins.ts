import { notAuthorized } from "./aws-error.ts";
import { type Person, subOf } from "./person.ts";
import type { TokenKey } from "./token-key.ts";

/** What {@link createSignIns} takes. */
export interface SignInsSetup {
  /** The key of the access tokens. */
  readonly key: TokenKey;
  readonly clock: () => number;
}

/** Which access tokens of the local user pool its own API still accepts. */
export interface SignIns {
  /** A person has got an access token. */
  begin(person: Person, token: string): void;
  /** No access token that a person has got until now is accepted any more. */
  end(person: Person): void;
  /** The same, and neither is one that he gets later. */
  disable(person: Person): void;
  /**
   * Whose access token it is.
   *
   * @throws AwsError `NotAuthorizedException` where it is not accepted, or not any more.
   */
  personOf(token: string): Person;
}

const scopeOfUsers = "aws.cognito.signin.user.admin";

/** Makes the register of the access tokens of one pool. */
export function createSignIns({ key, clock }: SignInsSetup): SignIns {
  const people = new Map<string, Person>();
  const disabled = new Set<string>();

  function end(person: Person): void {
    for (const [token, holder] of people) if (subOf(holder) === subOf(person)) people.delete(token);
  }

  return {
    begin: (person, token) => void people.set(token, person),
    end,
    disable(person) {
      end(person);
      disabled.add(subOf(person));
    },
    personOf(token) {
      const claims = key.open(token);
      if (claims === undefined) throw notAuthorized("Invalid Access Token");
      if (typeof claims.exp !== "number" || claims.exp * 1000 <= clock()) {
        throw notAuthorized("Access Token has expired");
      }
      if (!String(claims.scope).split(" ").includes(scopeOfUsers)) {
        throw notAuthorized("Access Token does not have required scopes");
      }
      if (disabled.has(String(claims.sub))) throw notAuthorized("User is disabled.");
      const person = people.get(token);
      if (person === undefined) throw notAuthorized("Access Token has been revoked");
      return person;
    },
  };
}
