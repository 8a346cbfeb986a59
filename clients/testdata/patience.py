"""Says how long it takes to close a client of a server that never ends its answer, and what comes of arguments that are none."""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import daybook  # noqa: E402

problems, took = [], []
client = daybook.Client(sys.argv[1], "acme", "token", timeout=0.5, pause=0.05, longest_pause=0.05, batch_size=None, interval=0.01, exit_timeout=None, on_error=problems.append)
client.send(action="created")
began = time.monotonic()
while len(problems) < 2 and time.monotonic() - began < 20:
    time.sleep(0.01)
seconds = time.monotonic() - began

idle = daybook.Client(sys.argv[1], "acme", "token")
done = [idle.flush(None), idle.flush("soon"), idle.flush(float("nan")), idle.flush(float("inf")), idle.flush(-1), idle.close(None)]
began = time.monotonic()
left = client.close(0)
print(json.dumps({"seconds": seconds, "messages": [p.message for p in problems], "done": done, "left": left}))
