token=$(curl -s "$DAYBOOK_URL/api/auth/token" -d grant_type=password \
  --data-urlencode "username=$DAYBOOK_EMAIL" --data-urlencode "password=$DAYBOOK_PASSWORD" |
  sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p')
curl "$DAYBOOK_URL/api/activity/activities/?limit=5" -H "Authorization: Bearer $token"
