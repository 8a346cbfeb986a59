import os
import uuid

import daybook

url, workspace, token = (os.environ["DAYBOOK_" + name] for name in ("URL", "WORKSPACE", "TOKEN"))
activity = daybook.Client(url, workspace, token)
order = {"id": "1002", "paid_at": "2026-01-31T09:00:00Z"}
activity.send(
    # The same order makes the same id, so this program may run again.
    id=str(uuid.uuid5(uuid.NAMESPACE_URL, "https://shop.example.com/paid/" + order["id"])),
    # The order's own time: the same id has to say the same each time.
    occurred_at=order["paid_at"],
    actor={"id": "user-123"},
    action="paid",
    resource={"type": "order", "id": order["id"]},
)
activity.close()
print(activity.stats())
