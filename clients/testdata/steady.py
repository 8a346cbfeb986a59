"""Sends so many events to a workspace, whatever happens to the server, and prints their ids and then the statistics."""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import daybook  # noqa: E402

url, workspace, token, events = sys.argv[1:5]
client = daybook.Client(url, workspace, token, interval=0.05, pause=0.05, longest_pause=0.5, timeout=5, on_error=lambda _: None)
for i in range(int(events)):
    print(client.send(actor={"id": "python-%d" % (i % 7)}, action="created", metadata={"n": i}))
    time.sleep(0.002)
client.flush(120)
print(json.dumps(client.stats()))
