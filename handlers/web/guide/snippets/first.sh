curl "$DAYBOOK_URL/api/v1/workspaces/$DAYBOOK_WORKSPACE/activity" \
  -H "Authorization: Bearer $DAYBOOK_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{
    "actor": {"id": "user-123", "name": "Amara Okafor"},
    "action": "created",
    "resource": {"type": "page", "id": "7", "name": "Start page"},
    "project": {"id": "42", "name": "New Website"}
  }'
