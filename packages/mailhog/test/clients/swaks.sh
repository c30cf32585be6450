#!/bin/sh
# Sends mail with swaks. Ends at the first failure; the trace shows which command failed.
set -eux
send() { subject=$1; shift; swaks --timeout 60 --to ann@example.test --header "Subject: swaks $subject" "$@"; }
to="--server $SMTP_HOST --port $SMTP_PORT"
ca='--tls-verify --tls-ca-path /etc/mail-ca.pem'

send plain $to --from shop@example.test
send www-data $to --from www-data
send starttls $to $ca --tls
send login $to $ca --tls --auth PLAIN --auth-user ann --auth-password secret
send challenge $to --auth CRAM-MD5 --auth-user ann --auth-password secret
send tls --server "$SMTP_HOST" --port "$SMTPS_PORT" $ca --tlsc
head -c 3000000 /dev/urandom > /tmp/large
send attachment $to --attach @/tmp/large
