"""A real headless browser, Lightpanda out of its Python package: pages are opened and used."""

import contextlib
import http.server
import json
import os
import subprocess
import threading

REPORT = """<script>
{
  let report;
  try { report = (() => { %s })(); } catch (error) { report = "error: " + error; }
  const written = document.createElement("pre");
  written.id = "report";
  written.textContent = encodeURIComponent(JSON.stringify(report));
  document.body.appendChild(written);
}
</script>"""


@contextlib.contextmanager
def served(pages):
    """Serves pages {path: text} on this machine and notes every path that is asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            found = self.path in pages
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, *args):
            """Keeps the test's output clean."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def use(page, script):
    """(what the script returns after the page has loaded, the paths the browser asked for)."""
    from urllib.parse import unquote

    import lightpanda

    page = page.replace("</body>", REPORT % script + "</body>")
    with served({"/page.html": page}) as (address, asked):
        command = [lightpanda.BINARY, "fetch", "--dump", "html", f"{address}/page.html"]
        environment = {**os.environ, "LIGHTPANDA_DISABLE_TELEMETRY": "true"}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=True
        )
    _, found, rest = done.stdout.partition('<pre id="report">')
    assert found, f"the page ran no script: {done.stderr}"
    return json.loads(unquote(rest.partition("</pre>")[0])), asked
