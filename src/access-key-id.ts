/** The form of an access key id: AWS's own are word characters, those of a gateway may hold a hyphen too. */
export const accessKeyIdForm: RegExp = /^[\w-]{16,128}$/;
