# SPDX-License-Identifier: Apache-2.0
"""What every port of every simulated pod leads to: `pod_server.py FOLDER PORT`. The first line says what happens:

GET /PATH …      HTTP: 200 "ok" (with the Host in X-Host), /status/N answers N, /no-route what Kong says of unknown paths
echo             sends back what comes
source N         sends N bytes of the pattern
sink N           reads N bytes and answers with their SHA-256
close            ends at once
"""

import asyncio
import hashlib
import sys

PATTERN = bytes(range(256)) * 256


async def http(first: str, reader, writer) -> None:
    host = ""
    while (line := (await reader.readline()).decode().strip()):
        name, _, value = line.partition(":")
        host = value.strip() if name.lower() == "host" else host
    path = first.split(" ")[1].partition("?")[0]
    code, body = 200, "ok"
    if path.startswith("/status/"):
        code = int(path.removeprefix("/status/"))
    elif path.startswith("/no-route"):
        code, body = 404, '{"message":"no Route matched with those values"}'
    writer.write(f"HTTP/1.1 {code} x\r\nX-Host: {host}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())


async def source(count: int, writer) -> None:
    while count > 0:
        piece = PATTERN[:count]
        writer.write(piece)
        await writer.drain()
        count -= len(piece)


async def sink(count: int, reader, writer) -> None:
    digest = hashlib.sha256()
    while count > 0 and (piece := await reader.read(min(count, 1 << 20))):
        digest.update(piece)
        count -= len(piece)
    writer.write(digest.hexdigest().encode() + b"\n")


async def serve(reader, writer) -> None:
    try:
        first = (await reader.readline()).decode().strip()
        word, _, rest = first.partition(" ")
        if word == "GET":
            await http(first, reader, writer)
        elif word == "echo":
            while piece := await reader.read(1 << 16):
                writer.write(piece)
                await writer.drain()
        elif word == "source":
            await source(int(rest), writer)
        elif word == "sink":
            await sink(int(rest), reader, writer)
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[2]), limit=1 << 20, backlog=512)
    await server.serve_forever()


asyncio.run(main())
