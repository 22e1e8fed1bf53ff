"""Signs requests with botocore and sends them exactly as they were signed.

Each line of standard input is a request as a JSON object, and each line of standard output the answer to it.
"""

import base64
import http.client
import json
import sys

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def answer(order):
    request = AWSRequest(
        method=order["method"],
        url="http://" + order["host"] + order["target"],
        headers=order["headers"],
        data=base64.b64decode(order["body"]),
        params=order.get("params") or {},
    )
    credentials = Credentials(order["accessKeyId"], order["secretAccessKey"], order["sessionToken"])
    seconds = order.get("presignSeconds")
    if seconds is None:
        SigV4Auth(credentials, order["service"], order["region"]).add_auth(request)
    else:
        SigV4QueryAuth(credentials, order["service"], order["region"], expires=seconds).add_auth(request)
    prepared = request.prepare()
    target = prepared.url[len("http://" + order["host"]):]
    connection = http.client.HTTPConnection(order["host"], timeout=10)
    try:
        connection.putrequest(prepared.method, target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", order["host"])
        for name, value in prepared.headers.items():
            connection.putheader(name, value)
        connection.endheaders(prepared.body or None)
        response = connection.getresponse()
        return {"status": response.status, "text": response.read().decode(), "target": target}
    finally:
        connection.close()


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
