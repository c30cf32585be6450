"""Prices by item: one euro per letter, minus DISCOUNT percent. Answers `GET /price?item=…` and `GET /health`."""

import json
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

DISCOUNT = int(os.environ.get("DISCOUNT", "0"))


def price_cents(item: str) -> int:
    return len(item) * (100 - DISCOUNT)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/health":
            return self.answer(200, {"status": "ok"})
        if url.path != "/price":
            return self.answer(404, {"error": "no such route"})
        item = parse_qs(url.query).get("item", [""])[0]
        if not item:
            return self.answer(400, {"error": "item is missing"})
        cents = price_cents(item)
        print(f"price of {item}: {cents} cents")
        self.answer(200, {"item": item, "cents": cents})

    def answer(self, status: int, body: dict) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args) -> None:
        """Prices are logged in do_GET; other requests are not logged."""


def main() -> None:
    server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler)
    # shutdown() waits for the loop that the signal handler interrupts, so another thread must call it.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening, discount {DISCOUNT} %")
    server.serve_forever()
    print("closing")


if __name__ == "__main__":
    main()
