#!/bin/sh
# Calls an API behind poolgate with the AWS CLI and curl alone.
#
#   API         the API, such as https://api.example.com
#   SERVICE     the service name that its sessions are made for, by default the host name of the API
#   REGION      their region
#   TOKEN_FILE  a file with an ID token of the user pool
#   STS         where STS is; only this demonstration needs it
set -eu

# The AWS CLI gets its credentials from the broker. Old versions do so on loopback only; README.md has the other way.
AWS_CONTAINER_CREDENTIALS_FULL_URI="$API/.well-known/poolgate/credentials"
AWS_CONTAINER_AUTHORIZATION_TOKEN="Bearer $(cat "$TOKEN_FILE")"
AWS_DEFAULT_REGION="$REGION"
export AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_DEFAULT_REGION

case "$(aws --version 2>&1)" in
aws-cli/1.*)
  echo "This needs version 2 of the AWS CLI; README.md tells what version 1 can do." >&2
  exit 2
  ;;
esac

# They are AWS credentials like any others: take them out once, for the AWS CLI and for curl.
credentials=$(aws configure export-credentials --format env)
eval "$credentials"

printf 'At AWS I am '
aws sts get-caller-identity --query Arn --output text ${STS:+--endpoint-url "$STS"}

# The secret goes to curl through its standard input: the arguments of a program are no secret on its machine.
call() {
  printf 'user = "%s:%s"\nheader = "x-amz-security-token: %s"\n' \
    "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN" |
    curl --config - --silent --show-error --aws-sigv4 "aws:amz:$REGION:$SERVICE" "$@"
  echo
}
call "$API/articles/1"
call --json '{"title":"From the shell"}' "$API/articles"
