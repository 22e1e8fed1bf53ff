#!/usr/bin/env python3
"""Enrolls AWS credentials at a gate, then calls its API with requests that botocore signs.

The credentials come from wherever botocore finds them: the environment, a profile, a role. They are never sent. See
docs/enrollment.md for the protocol.
"""

import argparse
import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

FORM = "application/x-www-form-urlencoded; charset=utf-8"
QUESTION = "Action=GetCallerIdentity&Version=2011-06-15"


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A gate answers by itself; what is signed for it goes nowhere else."""

    def redirect_request(self, *_):
        return None


def send(request, data):
    """Sends a request exactly as it was signed; gives status and text."""
    headers = dict(request.headers.items())
    wire = urllib.request.Request(request.url, data=data, headers=headers, method=request.method)
    try:
        with urllib.request.build_opener(NoRedirects).open(wire, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sts_endpoint(region):
    return "https://sts.%s.amazonaws.com%s/" % (region, ".cn" if region.startswith("cn-") else "")


def prove(credentials, region, endpoint, lines):
    """Signs GetCallerIdentity over the lines, without sending it; gives date and signature."""
    binding = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    headers = {"Content-Type": FORM, "X-Poolgate-Binding": binding}
    request = AWSRequest(method="POST", url=endpoint, headers=headers, data=QUESTION)
    SigV4Auth(credentials, "sts", region).add_auth(request)
    return request.headers["X-Amz-Date"], request.headers["Authorization"].rsplit("Signature=", 1)[1]


def derived_keys(secret, date, region, service):
    """The signing keys of the day of the proof and of the next."""
    first = datetime.strptime(date[:8], "%Y%m%d")
    keys = b""
    for day in (first, first + timedelta(days=1)):
        key = ("AWS4" + secret).encode()
        for step in (day.strftime("%Y%m%d"), region, service, "aws4_request"):
            key = hmac.new(key, step.encode(), hashlib.sha256).digest()
        keys += key
    return keys


def enroll(options, credentials):
    """Enrolls; gives the credentials to sign with, and what the gate answered."""
    # A proof of another second than its keys could be of another day.
    date = time.strftime("%Y%m%d", time.gmtime())
    if options.mode == "virtual":
        key = base64url(secrets.token_bytes(32))
        key_bytes = key.encode()
    else:
        key_bytes = derived_keys(credentials.secret_key, date, options.gate_region, options.service)
        key = base64url(key_bytes)
    nonce = base64url(secrets.token_bytes(16))
    expires = int(time.time()) + options.minutes * 60
    lines = [
        "poolgate-enroll/v1",
        options.audience,
        options.mode,
        credentials.access_key,
        options.region,
        options.service,
        hashlib.sha256(key_bytes).hexdigest(),
        str(expires),
        nonce,
        "",
    ]
    signed_at, signature = prove(credentials, options.region, options.sts_endpoint, lines)
    if signed_at[:8] != date:
        return enroll(options, credentials)
    message = {
        "v": "poolgate-enroll/v1",
        "mode": options.mode,
        "akid": credentials.access_key,
        "token": credentials.token,
        "date": signed_at,
        "region": options.region,
        "sig": signature,
        "key": key,
        "exp": expires,
        "nonce": nonce,
    }
    post = AWSRequest("POST", options.url + options.path, headers={"Content-Type": "application/json"})
    status, text = send(post, json.dumps(message).encode())
    if status != 200:
        sys.exit("the gate refused the enrollment: %d %s" % (status, text))
    answer = json.loads(text)
    if options.mode == "derived":
        return credentials, answer
    return Credentials(answer["accessKeyId"], key), answer


def call(options, credentials, answer):
    """Signs one request as for any service of AWS, and sends it."""
    data = options.data.encode() if options.data else None
    headers = {"Content-Type": "application/json"} if data else {}
    request = AWSRequest(method=options.method, url=options.url + options.target, headers=headers, data=data)
    SigV4Auth(credentials, options.service, answer["region"]).add_auth(request)
    return send(request, data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True, help="such as https://api.example.com")
    parser.add_argument("--region", required=True, help="the region of STS, one that the gate lists")
    parser.add_argument("--mode", choices=["virtual", "derived"], default="virtual")
    parser.add_argument("--audience", help="the name of the gate; its host by default")
    parser.add_argument("--service", help="what to sign for; the audience by default")
    parser.add_argument("--gate-region", help="the region to sign for, in mode derived; that of STS by default")
    parser.add_argument("--sts-endpoint", help="the endpoint that the gate asks; STS of the region by default")
    parser.add_argument("--minutes", type=int, default=15)
    parser.add_argument("--path", default="/.well-known/poolgate/enroll")
    parser.add_argument("--print", action="store_true", help="print the credentials to sign with, for other programs")
    parser.add_argument("--data", help="a body in JSON")
    parser.add_argument("method", nargs="?", default="GET")
    parser.add_argument("target", nargs="?", default="/")
    options = parser.parse_args()
    url = urlsplit(options.url)
    options.audience = options.audience or url.hostname
    options.service = options.service or options.audience
    options.gate_region = options.gate_region or options.region
    options.sts_endpoint = options.sts_endpoint or sts_endpoint(options.region)
    # The message holds what requests are signed with, so whoever reads it could sign as well.
    if url.scheme != "https" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
        parser.error("--url must begin with https:")
    # It could be the name of a service of AWS, where the keys would sign.
    if options.mode == "derived" and "." not in options.service:
        parser.error("--mode derived needs a service with a dot")
    found = botocore.session.Session().get_credentials()
    credentials = found and found.get_frozen_credentials()
    if not credentials or not credentials.token:
        sys.exit("botocore finds no temporary credentials")
    signing, answer = enroll(options, credentials)
    if options.print:
        print(json.dumps({**answer, "secretAccessKey": signing.secret_key, "sessionToken": signing.token}))
        return
    status, text = call(options, signing, answer)
    print(status, text)
    sys.exit(0 if status < 400 else 1)


if __name__ == "__main__":
    main()
