"""A service that sends its spans without an SDK: Debian has none for Python. It posts OTLP as JSON."""

import json
import os
import secrets
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENDPOINT = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]
RESOURCE = {
    "attributes": [
        {"key": key, "value": {"stringValue": value}}
        for key, value in [("service.name", os.environ["OTEL_SERVICE_NAME"])]
        + [pair.split("=", 1) for pair in os.environ["OTEL_RESOURCE_ATTRIBUTES"].split(",")]
    ]
}
SCOPE = {"name": "pricing"}


def export(signal, body):
    request = urllib.request.Request(
        f"{ENDPOINT}/v1/{signal}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).read()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        start = time.time_ns()
        parent = self.headers.get("traceparent", "").split("-")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"42")
        if len(parent) != 4:
            return
        _, trace, parent_span, _ = parent
        span = secrets.token_hex(8)
        ids = {"traceId": trace, "spanId": span}
        export("traces", {"resourceSpans": [{"resource": RESOURCE, "scopeSpans": [{"scope": SCOPE, "spans": [{
            **ids,
            "parentSpanId": parent_span,
            "name": "price",
            "kind": 2,
            "startTimeUnixNano": str(start),
            "endTimeUnixNano": str(time.time_ns()),
            "attributes": [{"key": "url.path", "value": {"stringValue": self.path}}],
        }]}]}]})
        export("logs", {"resourceLogs": [{"resource": RESOURCE, "scopeLogs": [{"scope": SCOPE, "logRecords": [{
            **ids,
            "timeUnixNano": str(time.time_ns()),
            "severityNumber": 9,
            "body": {"stringValue": f"priced {self.path}"},
        }]}]}]})

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("", 8000), Handler).serve_forever()
