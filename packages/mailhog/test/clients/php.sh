#!/bin/sh
# Sends mail by PHP's mail(), which hands it to a sendmail program. Ends at the first failure.
set -eux
cat > /tmp/msmtprc <<END
account default
host $SMTP_HOST
port $SMTP_PORT
from www-data
timeout 60
tls on
tls_starttls on
tls_trust_file /etc/mail-ca.pem
END
php -d 'sendmail_path="msmtp --file=/tmp/msmtprc --read-recipients"' -r '
  $subject = mb_encode_mimeheader_or("php ünïcödé " . str_repeat("日本語", 20));
  function mb_encode_mimeheader_or($text) {
    // Cut by bytes, as many old programs do it.
    return implode("\r\n ", array_map(
      fn($part) => "=?UTF-8?B?" . base64_encode($part) . "?=", str_split($text, 40)));
  }
  $headers = ["From" => "Shop <shop@example.test>", "Cc" => "bob@example.test"];
  exit(mail("ann@example.test", $subject, "plain\r\n.\r\ndots", $headers) ? 0 : 1);
'
