curl "$DAYBOOK_URL/api/v1/workspaces/$DAYBOOK_WORKSPACE/activity" \
  -H "Authorization: Bearer $DAYBOOK_TOKEN" \
  -H "Content-Type: application/json" \
  -d '[
    {"actor": {"id": "user-123"}, "action": "created"},
    {"actor": {"id": "user-123"}, "action": "Not a word", "outcome": "maybe"}
  ]'
