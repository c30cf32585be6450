# A service for tests of debuggers. Line numbers are used by them.
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse


def greet(name):
    greeting = f"hello {name}"
    return greeting


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlparse(self.path)
        answer = greet(parse_qs(url.query)["name"][0]) if url.path == "/greet" else "ok"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.encode())


ThreadingHTTPServer(("0.0.0.0", 3000), Handler).serve_forever()
