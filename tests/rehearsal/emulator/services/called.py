"""A function that is called asynchronously, and a queue that receives what comes of it."""

import json
import time
from dataclasses import dataclass
from typing import Any

from keyless.rehearsal.emulator.cloud import Cloud

BUS = "arn:aws:events:us-east-1:000000000000:event-bus/default"
CODE = """
import time
def handler(event, context):
    time.sleep(event.get("seconds", 0))
    if event.get("fails"):
        raise RuntimeError("it fails")
    return {"returned": event["word"]}
"""
RIGHT = {"Action": "events:PutEvents", "Resource": BUS}


@dataclass
class Called:
    """A function with the bus as its destination, and a queue that receives the records."""

    cloud: Cloud
    name: str
    queue: str
    queue_arn: str

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:000000000000:function:{self.name}"

    def set_destinations(self, **config: Any) -> None:
        destinations = {"OnSuccess": {"Destination": BUS}, "OnFailure": {"Destination": BUS}}
        settings = {"DestinationConfig": destinations, **config}
        self.cloud.client("lambda").put_function_event_invoke_config(
            FunctionName=self.name, Qualifier="$LATEST", **settings
        )

    def call(self, *, kind: str = "Event", **event: Any) -> None:
        self.cloud.client("lambda").invoke(
            FunctionName=self.name, InvocationType=kind, Payload=json.dumps(event).encode()
        )

    def next_message(self, seconds: float = 15.0) -> Any:
        """The next message, None when there is none in time."""
        queues, deadline = self.cloud.client("sqs"), time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in queues.receive_message(QueueUrl=self.queue, WaitTimeSeconds=1).get("Messages", ()):
                queues.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                return json.loads(message["Body"])
        return None
