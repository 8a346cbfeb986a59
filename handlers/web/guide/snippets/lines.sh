cat > events.ndjson <<'END'
{"actor_id": "user-123", "action": "created", "entity_type": "task", "entity_id": "2"}
{"actor_id": "user-123", "action": "deleted", "entity_type": "task", "entity_id": "2"}
END
gzip -c events.ndjson > events.ndjson.gz
curl -X POST -T events.ndjson.gz "$DAYBOOK_URL/api/v1/workspaces/$DAYBOOK_WORKSPACE/activity" \
  -H "Authorization: Bearer $DAYBOOK_TOKEN" \
  -H "Content-Type: application/x-ndjson" \
  -H "Content-Encoding: gzip"
