"""Sends mail with Python's own library."""

import os
import smtplib
import ssl
import unittest
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

HOST = os.environ["SMTP_HOST"]
PORT = int(os.environ["SMTP_PORT"])
TLS_PORT = int(os.environ["SMTPS_PORT"])


def message(subject, policy=SMTP):
    mail = EmailMessage(policy=policy)
    mail["From"] = "Jörg <shop@example.test>"
    mail["To"] = "ann@example.test"
    mail["Subject"] = f"smtplib {subject}"
    mail.set_content("plain ✓")
    mail.add_alternative("<b>rich ✓</b>", subtype="html")
    mail.add_attachment(b"\0\xff\r\n.\r\n", maintype="application", subtype="octet-stream", filename="ü.bin")
    return mail


def trusting():
    return ssl.create_default_context(cafile="/etc/mail-ca.pem")


class SmtplibTest(unittest.TestCase):
    def test_plain(self):
        with smtplib.SMTP(HOST, PORT, timeout=60) as smtp:
            self.assertEqual(smtp.send_message(message("plain ü")), {})

    def test_utf8_addresses(self):
        mail = message("utf8", SMTPUTF8)
        with smtplib.SMTP(HOST, PORT, timeout=60) as smtp:
            smtp.send_message(mail, "jörg@example.test", ["änn@exämple.test"])

    def test_names_without_a_domain(self):
        with smtplib.SMTP(HOST, PORT, timeout=60) as smtp:
            smtp.sendmail("root", ["postmaster"], b"To: postmaster\r\nSubject: smtplib root\r\n\r\nx\r\n.\r\n")

    def test_starttls_and_login(self):
        with smtplib.SMTP(HOST, PORT, timeout=60) as smtp:
            smtp.starttls(context=trusting())
            smtp.login("ann", "secret")
            smtp.send_message(message("starttls"))

    def test_implicit_tls(self):
        with smtplib.SMTP_SSL(HOST, TLS_PORT, timeout=60, context=trusting()) as smtp:
            smtp.send_message(message("tls"))

    def test_a_certificate_of_an_unknown_authority_is_refused(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            smtplib.SMTP_SSL(HOST, TLS_PORT, timeout=60, context=ssl.create_default_context())


if __name__ == "__main__":
    unittest.main()
