"""Computes with botocore what a request is signed as, and sends nothing.

Each line of standard input is a list of requests as JSON objects, and each line of standard output the list of what becomes
of them.
"""

import base64
import json
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def answer(order):
    request = AWSRequest(
        method=order["method"],
        url="http://" + order["host"] + order["target"],
        headers=order["headers"],
        data=base64.b64decode(order["body"]),
    )
    request.context["timestamp"] = order["time"]
    credentials = Credentials(order["accessKeyId"], order["secretAccessKey"], order["sessionToken"])
    signer = SigV4Auth(credentials, order["service"], order["region"])
    # What add_auth does, at a time of our choice.
    signer._modify_request_before_signing(request)
    canonical = signer.canonical_request(request)
    text = signer.string_to_sign(request, canonical)
    signer._inject_signature_to_request(request, signer.signature(text, request))
    return {"canonicalRequest": canonical, "stringToSign": text, "headers": list(request.headers.items())}


for line in sys.stdin:
    print(json.dumps([answer(order) for order in json.loads(line)]), flush=True)
