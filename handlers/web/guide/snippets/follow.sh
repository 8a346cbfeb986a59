curl "$DAYBOOK_URL/api/v1/workspaces/$DAYBOOK_WORKSPACE/activity?after_id=0&limit=200&wait=4" \
  -H "Authorization: Bearer $DAYBOOK_TOKEN"
