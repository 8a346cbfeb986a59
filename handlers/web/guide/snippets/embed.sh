curl "$DAYBOOK_URL/api/activities?workspace_id=$DAYBOOK_WORKSPACE&project_id=42&limit=5" \
  -H "Authorization: Bearer $DAYBOOK_TOKEN"
curl "$DAYBOOK_URL/api/activities/stats?workspace_id=$DAYBOOK_WORKSPACE&project_id=42&days=7" \
  -H "Authorization: Bearer $DAYBOOK_TOKEN"
