#!/usr/bin/env python3
"""Asks a registry whose certificate only a private authority vouches for, as companies have them.

Usage: tls.py BINARY

Without that authority nothing is found; with SSL_CERT_FILE or SSL_CERT_DIR naming it, the license is. Needs openssl.
"""
import http.server
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PROGRAM = os.path.abspath(sys.argv[1])
LOCK = {"lockfileVersion": 3, "packages": {"": {"name": "shop"}, "node_modules/leaf": {"version": "1.0.0"}}}
failed = False


def report(outcome, what):
    global failed
    failed = failed or outcome == "failed"
    print(f"{outcome}: {what}", flush=True)


class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"name": "leaf", "version": "1.0.0", "license": "MIT"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def certificates(folder):
    """An authority, and a certificate of it for this machine."""
    run = lambda *words: subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=coop")
    run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    run("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "cert.pem")


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            certificates(folder)
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            report("could not run", f"openssl: {error}")
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        project, trusted = folder / "project", folder / "trusted"
        for path in (project, trusted):
            path.mkdir()
        (project / "package-lock.json").write_text(json.dumps(LOCK))
        (trusted / "ca.pem").write_text((folder / "ca.pem").read_text())
        address = f"--registry-url=npm=https://localhost:{server.server_address[1]}"

        def expression(**environment):
            command = [PROGRAM, "list", "--format", "json", "--no-cache", address]
            done = subprocess.run(command, cwd=project, env={"HOME": scratch, **environment}, capture_output=True, text=True)
            return [row["expression"] for row in json.loads(done.stdout)["packages"] if row["purl"] == "pkg:npm/leaf@1.0.0"]

        for what, environment, expect in [
            ("an authority that nobody named is not trusted", {}, [None]),
            ("SSL_CERT_FILE is", {"SSL_CERT_FILE": str(folder / "ca.pem")}, ["MIT"]),
            ("SSL_CERT_DIR is", {"SSL_CERT_DIR": str(trusted)}, ["MIT"]),
        ]:
            found = expression(**environment)
            report("passed" if found == expect else "failed", f"{what}: {found}")


main()
sys.exit(1 if failed else 0)
