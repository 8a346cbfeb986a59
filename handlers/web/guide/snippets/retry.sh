curl --retry 5 --retry-connrefused --max-time 30 \
  "$DAYBOOK_URL/api/v1/workspaces/$DAYBOOK_WORKSPACE/activity" \
  -H "Authorization: Bearer $DAYBOOK_TOKEN" \
  -H "Content-Type: application/json" \
  -H "Idempotency-Key: order-1001-paid" \
  -d '{
    "actor": {"id": "user-123"},
    "action": "paid",
    "resource": {"type": "order", "id": "1001"}
  }'
