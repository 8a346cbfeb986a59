curl "$DAYBOOK_URL/api/v1/workspaces/$DAYBOOK_WORKSPACE/activity" \
  -H "Authorization: Bearer $DAYBOOK_TOKEN" \
  -H "Content-Type: application/json" \
  -d '[
    {"actor": {"id": "user-123"}, "action": "updated",
     "resource": {"type": "task", "id": "1", "name": "Write the guide"},
     "changes": [{"field": "status", "before": "open", "after": "done"}]},
    {"actor": {"id": "deploy-bot", "type": "agent"}, "action": "deployed",
     "resource": {"type": "site", "id": "www"}, "outcome": "failure",
     "metadata": {"version": "1.4.2"}}
  ]'
