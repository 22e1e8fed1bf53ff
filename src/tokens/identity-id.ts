/** An id of an identity pool, or of an identity in it: a region, a colon and a UUID. */
export const identityIdForm: RegExp =
  /^([a-z]{2,8}(?:-[a-z]{1,16}){1,3}-\d{1,2}):[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
