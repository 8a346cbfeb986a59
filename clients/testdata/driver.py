"""Does what the test says, a line of JSON at a time, with daybook.py, and answers each line with one."""

import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import daybook  # noqa: E402

assert threading.active_count() == 1, "importing has started a thread"

client, problems, raising, nesting = None, [], False, False


def told(problem):
    problems.append(problem._asdict())
    if raising:
        raise RuntimeError("on_error has a mistake")
    if nesting:
        more = {"action": "a"} if problem.reason == "closed" else {"metadata": Broken()}
        client.send(more)
        client.send(more)
        client.flush()


def seconds(options):
    options = {key: float("nan") if value == "nan" else value for key, value in options.items()}
    return {(key[:-3] if key.endswith("_ms") else key): (value / 1000 if key.endswith("_ms") and value else value) for key, value in options.items()}


def new(url, workspace, token, options):
    global client
    client = daybook.Client(url, workspace, token, on_error=told, **seconds(options))


def many(n, event):
    began = time.monotonic()
    ids = [client.send(event, metadata={"n": i}) for i in range(n)]
    return {"ids": ids, "took_ms": (time.monotonic() - began) * 1000}


def changed(event):
    event["metadata"] = {"when": "sent"}
    sent = client.send(event)
    event["metadata"]["when"] = "afterwards"
    event["action"] = "deleted"
    return {"ids": [sent]}


class Broken:
    def __str__(self):
        raise RuntimeError("no text")


def odd():
    endless = {}
    endless["again"] = endless
    deep = []
    for _ in range(100000):
        deep = [deep]
    return {"ids": [client.send(None), client.send(["a"]), client.send(metadata=Broken()), client.send(metadata=endless), client.send(metadata=deep)]}


def halves(event):
    return {"ids": [client.send(event, metadata={"text": "a\ud83d|\\ud83d|\U0001f600"})]}


def throw():
    global raising
    raising = True


def nest():
    global nesting
    nesting = True


def main():
    commands = {
        "new": new, "many": many, "changed": changed, "odd": odd, "halves": halves, "throw": throw, "nest": nest,
        "send": lambda event: {"ids": [client.send(event)]},
        "flush": lambda ms: {"done": client.flush(ms / 1000)},
        "close": lambda ms: {"done": client.close(ms / 1000)},
        "stats": lambda: {"stats": client.stats()},
        "problems": lambda: {"problems": list(problems)},
    }
    for line in sys.stdin:
        command = json.loads(line)
        name = command.pop("do")
        if name == "end":
            return
        print(json.dumps(commands[name](**command) or {}), flush=True)


main()
