import os

import daybook

url, workspace, token = (os.environ["DAYBOOK_" + name] for name in ("URL", "WORKSPACE", "TOKEN"))
activity = daybook.Client(url, workspace, token)
activity.send(
    actor={"id": "user-123", "name": "Amara Okafor"},
    action="created",
    resource={"type": "page", "id": "7", "name": "Start page"},
    project={"id": "42", "name": "New Website"},
)
activity.close()
print(activity.stats())
