curl -X PUT "$DAYBOOK_URL/api/v1/workspaces/$DAYBOOK_WORKSPACE/projects/42/members" \
  -H "Authorization: Bearer $DAYBOOK_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"actor_ids": ["user-123", "user-124"]}'
