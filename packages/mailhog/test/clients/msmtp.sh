#!/bin/sh
# Sends mail with msmtp. Ends at the first failure; the trace shows which command failed.
set -eux
mail() { printf 'From: Shop <shop@example.test>\nTo: ann@example.test\nSubject: msmtp %s\n\nplain\n' "$1"; }
send() {
  subject=$1; shift
  mail "$subject" | msmtp --file /dev/null --host "$SMTP_HOST" --timeout 60 "$@" ann@example.test
}
tls='--tls=on --tls-trust-file=/etc/mail-ca.pem'

send plain --port "$SMTP_PORT" --from shop@example.test
send root --port "$SMTP_PORT" --from root
send starttls --port "$SMTP_PORT" --from shop@example.test $tls --tls-starttls=on
send tls --port "$SMTPS_PORT" --from shop@example.test $tls --tls-starttls=off
