import { AuthError } from "./errors.ts";

const none: readonly string[] = Object.freeze([]);

/** The headers of a request in wire order with every occurrence kept; names match without regard to case. */
export class RequestHeaders {
  readonly #byName = new Map<string, string[]>();

  /**
   * Takes the flat list of names and values that Node calls `rawHeaders`.
   *
   * @param raw `[name, value, name, value, ...]` as received.
   */
  constructor(raw: readonly string[]) {
    for (let index = 0; index + 1 < raw.length; index += 2) {
      const name = (raw[index] as string).toLowerCase();
      const value = raw[index + 1] as string;
      const values = this.#byName.get(name);
      if (values === undefined) this.#byName.set(name, [value]);
      else values.push(value);
    }
  }

  /**
   * The only value of a header, or undefined where it is absent.
   *
   * @throws AuthError `duplicate_header` where it occurs more than once, since taking the first or the last would be a
   * guess. Use {@link RequestHeaders.all} for headers that may repeat.
   */
  get(name: string): string | undefined {
    const values = this.all(name);
    if (values.length > 1) throw new AuthError("duplicate_header");
    return values[0];
  }

  /** Every value of a header in wire order; empty where it is absent. */
  all(name: string): readonly string[] {
    return this.#byName.get(name) ?? this.#byName.get(name.toLowerCase()) ?? none;
  }

  /** The lower-case names that are present, each once, in the order of their first occurrence. */
  names(): IterableIterator<string> {
    return this.#byName.keys();
  }

  /** The same names, each with every value in wire order. */
  entries(): IterableIterator<readonly [name: string, values: readonly string[]]> {
    return this.#byName.entries();
  }
}

/**
 * The events in which a gateway of AWS says whom it has let in:
 *
 * - `rest-iam`, `http-iam`, `function-url-iam`, `appsync-iam`, `vpc-lattice`: it has checked a signature.
 * - `rest-cognito`, `http-jwt`: it has checked a token.
 */
export type GatewayFormat =
  | "rest-iam"
  | "http-iam"
  | "function-url-iam"
  | "appsync-iam"
  | "vpc-lattice"
  | "rest-cognito"
  | "http-jwt";

/**
 * Whom an event says that a gateway has let in. Only the Lambda adapters set it, and they copy it: nobody has asked yet whether
 * that gateway is to be believed.
 */
export interface GatewayIdentity {
  readonly format: GatewayFormat;
  /** Which gateway it is, as the event says: `account`, `apiId` and `stage`, `urlId`, `host`, or the ARNs of VPC Lattice. */
  readonly gateway: Readonly<Record<string, unknown>>;
  /** What it says of the caller, as that stands in the event. */
  readonly identity: Readonly<Record<string, unknown>>;
}

/** A request as every stage sees it, free of any framework. Adapters make one for each native request. */
export interface AuthRequest {
  /** The method on the request line. */
  readonly method: string;
  /** The request target exactly as on the wire, such as `/a%20b?x=1`. */
  readonly target: string;
  /** False where an event forced the adapter to rebuild the target from decoded parts. */
  readonly wire: boolean;
  /** Every header, in wire order. */
  readonly headers: RequestHeaders;
  /** The address of the caller: the socket's peer, or what trusted proxies say of it. */
  readonly remoteAddress?: string;
  /**
   * The `Host` that the caller sent, where a trusted proxy put another in its place and hands the first on. Only adapters set
   * it, and only on the word of a proxy that the operator listed.
   */
  readonly forwardedHost?: string;
  /** Whom the event says that a gateway has let in; `gatewayEvent` judges it. */
  readonly gateway?: GatewayIdentity;
  /**
   * The raw bytes of the body; absent where the event has none.
   *
   * @param limit the most bytes to read; a longer body is `body_too_large`.
   */
  body?(limit: number): Promise<Uint8Array>;
}
