"""An application with botocore, unmodified: it finds its credentials by itself, in the environment, and asks STS who it is.

Each line of standard input makes it ask, and each line of standard output is the answer to one.
"""

import json
import os
import sys

import botocore.session

session = botocore.session.get_session()
client = session.create_client("sts", endpoint_url=os.environ["STS_ENDPOINT"])

for _ in sys.stdin:
    try:
        arn = client.get_caller_identity()["Arn"]
        frozen = session.get_credentials().get_frozen_credentials()
        credentials = {
            "accessKeyId": frozen.access_key,
            "secretAccessKey": frozen.secret_key,
            "sessionToken": frozen.token,
        }
        answer = {"arn": arn, "credentials": credentials}
    except Exception as error:
        answer = {"fault": type(error).__name__ + ": " + str(error)}
    print(json.dumps(answer), flush=True)
