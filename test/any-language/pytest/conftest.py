import json
import os
import urllib.error
import urllib.request

import pytest


# #region client
def call(method, path, body=None):
    """Returns the decoded answer; raises the API's own error."""
    request = urllib.request.Request(
        os.environ["MESOCOSM_URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['MESOCOSM_TOKEN']}",
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            text = response.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        answer = json.load(error)
        raise RuntimeError(f"{answer['message']}; {answer['remedy']}") from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        item.mesocosm_error = str(report.longrepr)
    return report


@pytest.fixture(autouse=True)
def mesocosm(request):
    """Resets the lane, and records what the test does under its name."""
    file, *titles = request.node.nodeid.split("::")
    test = call("POST", "/v1/tests", {"file": file, "titlePath": titles, "reset": "light"})
    yield call
    error = getattr(request.node, "mesocosm_error", None)
    result = {"status": "passed"} if error is None else {"status": "failed", "error": error}
    call("PATCH", f"/v1/tests/{test['id']}", result)
# #endregion


@pytest.fixture
def get():
    def ask(path):
        with urllib.request.urlopen(os.environ["API_HTTP_URL"] + path, timeout=30) as response:
            return response.read().decode()

    return ask
