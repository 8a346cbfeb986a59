import http.client
import json
import os
import pathlib
import re
import time
import urllib.error
import urllib.parse
import urllib.request

url, workspace, token = (os.environ["DAYBOOK_" + name] for name in ("URL", "WORKSPACE", "TOKEN"))
address = "%s/api/v1/workspaces/%s/activity?" % (url, workspace)
urllib.request.Request(address)  # an error if it is no address
position = pathlib.Path("position.txt")  # better: your database, together with what you do


def rows_after(after):
    query = urllib.parse.urlencode({"after_id": after, "limit": 200, "wait": 4})
    request = urllib.request.Request(address + query, headers={"Authorization": "Bearer " + token})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def keep(after):  # whole or not at all
    position.with_suffix(".new").write_text(after)
    position.with_suffix(".new").replace(position)


after = position.read_text() if position.exists() else "0"  # "0" is the beginning
while True:
    try:
        rows = rows_after(after)
    except urllib.error.HTTPError as error:
        restart = re.search("after_id=([0-9a-f-]+)", error.headers.get("Link", ""))
        if error.code == 410 and restart:  # purged meanwhile; go on with what is kept
            after = restart[1]
            print("some activities were purged", flush=True)
        elif error.code in (409, 429) or error.code >= 500:
            time.sleep(1)
        else:
            raise
        continue
    except (OSError, http.client.HTTPException, ValueError):  # no answer, or not the whole
        time.sleep(1)
        continue
    for row in rows:  # do with it what you want
        print(row["seq"], row["actor"]["name"], row["description"], flush=True)
        after = row["id"]
        keep(after)
    if not rows:  # a busy server answers without waiting
        time.sleep(0.5)
