import json
import os


# #region tests
def test_admin_is_created_by_a_command(mesocosm, get):
    body = {"command": "create-admin", "args": ["root@example.org"]}
    result = mesocosm("POST", "/v1/services/api/exec", body)
    assert result["exitCode"] == 0, result["stderr"]
    assert "root@example.org" in json.loads(get("/admins"))


def test_sign_up_sends_mail(mesocosm, get):
    mesocosm("POST", "/v1/services", {
        "name": "mail",
        "image": os.environ["MAIL_IMAGE"],
        "command": ["aiosmtpd", "-n", "-l", "0.0.0.0:1025"],
        "ports": {"smtp": 1025},
        "env": {"PYTHONUNBUFFERED": "1"},
    })
    mesocosm("PATCH", "/v1/services/api/env", {"FEATURE_MAIL": "on"})
    assert get("/sign-up?email=ann@example.org") == "signed up, mail on"
    line = mesocosm("POST", "/v1/services/mail/logs/wait", {"text": "To: ann@example.org"})
    assert line["service"] == "mail"
    mesocosm("DELETE", "/v1/services/mail")


def test_sign_up_is_logged(mesocosm, get):
    # Neither the mail service nor the change of the test before is left.
    assert get("/sign-up?email=bob@example.org") == "signed up, mail off"
    mesocosm("POST", "/v1/services/api/logs/wait", {"text": "signed up bob@example.org"})
    mesocosm("POST", "/v1/services/api/restart")
    assert get("/sign-up?email=eve@example.org") == "signed up, mail off"
# #endregion
