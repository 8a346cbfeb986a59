curl "$DAYBOOK_URL/api/activities?limit=5" -H "Authorization: Bearer $DAYBOOK_TOKEN"
