# SPDX-License-Identifier: Apache-2.0
"""Clients that are broken or hostile: an answer or a closed connection, and the sandbox goes on."""

import json
import socket
import ssl
import subprocess

import pytest


def contexts(sandbox, folder):
    """TLS with the administrator's certificate, and with that of somebody else's authority."""
    mine = ssl.create_default_context(cafile=str(sandbox.home / "ca.crt"))
    mine.load_cert_chain(sandbox.home / "admin.crt", sandbox.home / "admin.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-batch", "-subj",
                    "/O=system:masters/CN=kforge-sandbox-admin", "-keyout", folder / "x.key", "-out", folder / "x.crt"],
                   check=True, capture_output=True)
    foreign = ssl.create_default_context(cafile=str(sandbox.home / "ca.crt"))
    foreign.load_cert_chain(folder / "x.crt", folder / "x.key")
    return mine, foreign


@pytest.fixture
def server(sandbox, tmp_path):
    sandbox.port = int(sandbox.start()["server"].rsplit(":", 1)[1])
    sandbox.tls, sandbox.foreign_tls = contexts(sandbox, tmp_path)
    yield sandbox
    assert sandbox.kubectl("get", "--raw", "/readyz") == "ok", "it still answers"


def talk(server, data: bytes, tls=None, timeout: float = 20) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as plain:
        stream = (tls or server.tls).wrap_socket(plain, server_hostname="127.0.0.1")
        answer = b""
        try:
            stream.sendall(data)
            while chunk := stream.recv(65536):
                answer += chunk
        except (ConnectionError, ssl.SSLError):
            pass
        return answer


def request(method: str, path: str, body: bytes = b"", headers: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def code_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def test_plain_http_gets_a_word(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"Client sent an HTTP request to an HTTPS server" in plain.recv(4096)


def test_bytes_that_are_no_tls_are_dropped(server):
    for data in (b"\x16\x03\x01" + b"\xff" * 2000, b"\x16", b"\x00" * 100):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as plain:
            plain.sendall(data)


def test_somebody_without_a_certificate_is_not_authenticated(server):
    nobody = ssl.create_default_context(cafile=str(server.home / "ca.crt"))
    answer = talk(server, request("GET", "/api/v1/secrets"), nobody)
    assert code_of(answer) == 401 and b'"reason":"Unauthorized"' in answer


def test_a_certificate_of_another_authority_is_refused(server):
    assert code_of(talk(server, request("GET", "/api/v1/secrets"), server.foreign_tls)) in (0, 401)


NONSENSE = [
    (b"\r\n\r\n\r\n", {0, 400}), (b"GET\r\n\r\n", {0, 400}), (b"\x00\x01\x02" * 100 + b"\r\n\r\n", {0, 400}),
    (b"GET / HTTP/9.9\r\n\r\n", {0, 400}), (b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", {0, 400}),
    (b"GET /api HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", {0, 400, 431}),
    (request("BREW", "/api/v1/pods"), {400, 405}), (request("GET", "/api/v1/namespaces/default/unicorns"), {404}),
    (request("GET", "/apis/nobody.example/v1/things"), {404}), (request("GET", "/api/v1/namespaces/../../../etc/passwd"), {400, 404}),
    (request("GET", "/api/v1/namespaces/default/configmaps/..%2f..%2fsecrets"), {400, 404}), (request("GET", "/%00%zz"), {400, 404}),
    (request("GET", "/" + "a/" * 20_000), {0, 400, 404, 431}),
    (request("GET", "/api/v1/pods?watch=true&resourceVersion=zebra"), {500}), (request("GET", "/api/v1/pods?labelSelector=%28%28"), {400}),
    (request("GET", "/api/v1/pods?limit=1&continue=AAAA"), {400, 410}), (request("POST", "/api/v1/namespaces/default/pods", b"{"), {400}),
    (request("POST", "/api/v1/namespaces/default/pods", b"[1]"), {400}), (request("POST", "/api/v1/namespaces/default/pods", b""), {400}),
    (request("POST", "/api/v1/namespaces/default/configmaps", b'{"kind":"Pod","apiVersion":"v1","metadata":{"name":"x"}}'), {400}),
    (request("POST", "/api/v1/namespaces/default/configmaps", b'{"metadata":{"name":"../x"}}'), {422}),
    (request("POST", "/api/v1/namespaces/default/configmaps", b'{"metadata":7}'), {400, 422}),
    (request("PATCH", "/api/v1/namespaces/default/configmaps/x", b"{}", "Content-Type: text/plain\r\n"), {415}),
    (request("POST", "/api/v1/namespaces/default/configmaps", b"k8s\x00" + b"\xff" * 50), {400, 415}),
    (request("POST", "/api/v1/namespaces/default/configmaps", b"k8s\x00\x0a\x0f\x0a\x02v1\x12\x09ConfigMap\x12\x7f"), {400}),
    (request("POST", "/api/v1/namespaces/default/configmaps", b"[" * 100_000), {400}),
    (request("DELETE", "/api/v1/namespaces/default/configmaps/x", b"nonsense"), {400, 404}),
    (request("GET", "/api/v1/namespaces/default/pods/x/exec?command=sh", b"", "Upgrade: websocket\r\n"), {404}),
]


@pytest.mark.parametrize("data, codes", NONSENSE, ids=map(str, range(len(NONSENSE))))
def test_requests_that_make_no_sense_are_refused(server, data, codes):
    answer = talk(server, data)
    assert code_of(answer) in codes, answer[:500]
    if code_of(answer) and b"\r\n\r\n" in answer and b"application/json" in answer:
        assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["kind"] == "Status"


def test_a_body_that_is_too_large_is_refused(server):
    body = b'{"metadata":{"name":"x"},"data":{"a":"' + b"x" * (4 << 20) + b'"}}'
    assert code_of(talk(server, request("POST", "/api/v1/namespaces/default/configmaps", body))) in (0, 413)


def test_many_connections_that_say_nothing_keep_nobody_out(server):
    idle = [socket.create_connection(("127.0.0.1", server.port), timeout=20) for _ in range(200)]
    assert server.kubectl("get", "namespaces") != ""
    for connection in idle:
        connection.close()


def test_requests_cut_at_every_place_do_no_harm(server):
    whole = request("POST", "/api/v1/namespaces/default/configmaps", b'{"metadata":{"name":"cut"}}')
    for size in range(0, len(whole), 7):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as plain:
            stream = server.tls.wrap_socket(plain, server_hostname="127.0.0.1")
            stream.sendall(whole[:size])
    assert server.try_kubectl("get", "configmap", "cut").code == 1
