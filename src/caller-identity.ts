/**
 * The one request by which credentials of AWS prove whose they are, in the only form that poolgate sends it to STS.
 *
 * A client signs this request and hands over the values of its signature, never the request: the gate builds it again, so
 * that a client has no say in what STS is asked (rule S28).
 *
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const callerIdentityBody = "Action=GetCallerIdentity&Version=2011-06-15";

/** The media type of {@link callerIdentityBody}. */
export const callerIdentityType = "application/x-www-form-urlencoded; charset=utf-8";

/** The header by which a proof is bound to what it is for: the hex SHA-256 of the lines that `binding.ts` makes. */
export const bindingHeader = "x-poolgate-binding";

/** The headers that a proof signs, these and no others. */
export const proofSignedHeaders: string = `content-type;host;x-amz-date;x-amz-security-token;${bindingHeader}`;
