#!/bin/sh
set -eu

# #region client
# Sends a request to the Control API: mesocosm <method> <path> [<JSON>]
mesocosm() {
  curl --silent --show-error --fail-with-body --max-time 120 --request "$1" "$MESOCOSM_URL$2" \
    --header "Authorization: Bearer $MESOCOSM_TOKEN" \
    --header 'Content-Type: application/json' ${3:+--data "$3"}
}
# #endregion

# #region script
mesocosm POST /v1/tests '{"file":"curl/sign-up.sh","titlePath":["sign-up sends mail"]}' > /tmp/test.json
test=$(sed 's/.*"id":"\([^"]*\)".*/\1/' /tmp/test.json)

mesocosm POST /v1/services/api/exec '{"command":"create-admin","args":["root@example.org"]}'
curl --silent --fail "$API_HTTP_URL/admins" | grep root@example.org

mesocosm POST /v1/services '{
  "name": "mail",
  "image": "'"$MAIL_IMAGE"'",
  "command": ["aiosmtpd", "-n", "-l", "0.0.0.0:1025"],
  "ports": { "smtp": 1025 },
  "env": { "PYTHONUNBUFFERED": "1" }
}'
mesocosm PATCH /v1/services/api/env '{"FEATURE_MAIL":"on"}'
curl --silent --fail "$API_HTTP_URL/sign-up?email=ann@example.org" | grep 'mail on'
mesocosm POST /v1/services/mail/logs/wait '{"text":"To: ann@example.org"}'
mesocosm GET '/v1/services/api/logs?since=0' | grep 'signed up ann@example.org'

mesocosm DELETE /v1/services/mail
mesocosm DELETE /v1/services/api/env
curl --silent --fail "$API_HTTP_URL/sign-up?email=bob@example.org" | grep 'mail off'
mesocosm PATCH "/v1/tests/$test" '{"status":"passed"}'
# #endregion
