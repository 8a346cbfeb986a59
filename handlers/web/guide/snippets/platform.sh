token=$(curl -s "$DAYBOOK_URL/api/v1/auth/login" -H "Content-Type: application/json" \
  -d "{\"email\": \"$DAYBOOK_EMAIL\", \"password\": \"$DAYBOOK_PASSWORD\"}" |
  sed -n 's/.*"token": *"\([^"]*\)".*/\1/p')
curl "$DAYBOOK_URL/api/v1/workspaces/" -H "Authorization: Bearer $token"
curl "$DAYBOOK_URL/api/v1/users/me/activity?limit=5" -H "Authorization: Bearer $token"
