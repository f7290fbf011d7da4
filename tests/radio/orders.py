"""Trouble on demand from outside: a socket that takes orders for a rig, one a line.

``lose ROLE``, ``silence ROLE``, ``speak ROLE``, ``off ROLE``, ``on ROLE``, ``refuse ROLE COUNT``,
``unpaired ROLE``, ``sent``, ``keep FILE`` (all that was sent, as JSON), and for the BlueZ rig
``die`` and ``return``. The answer is a line of JSON: how many packets each device has sent. As a
program it gives an order: ``python tests/radio/orders.py lose left``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from rig import RadioRig

    from insole.sim.peripheral import Peripheral

VARIABLE = "INSOLE_RIG_ORDERS"
"""Names the environment variable with the socket's path."""


@asynccontextmanager
async def take_orders(
    rig: RadioRig, devices: Mapping[str, Peripheral], path: Path
) -> AsyncIterator[None]:
    """Put devices, given by address, on the air of a rig, and carry out orders for them."""
    for address, device in devices.items():
        await rig.put(device, address)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        order = (await reader.readline()).decode().split()
        try:
            answer: Any = await _carry_out(rig, devices, order)
        except (KeyError, IndexError, ValueError) as error:
            answer = {"refused": repr(error)}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(serve, path):
        yield


async def _carry_out(rig: RadioRig, devices: Mapping[str, Peripheral], order: list[str]) -> Any:
    at = {device.role: address for address, device in devices.items()}
    verb, *rest = order
    if verb == "sent":
        pass
    elif verb == "keep":
        keep(rest[0], {role: rig.sent(address) for role, address in at.items()})
    elif verb == "die":
        await rig.bluetoothd_dies()
    elif verb == "return":
        await rig.bluetoothd_returns()
    else:
        address = at[rest[0]]
        await _trouble(rig, devices[address], address, verb, rest[1:])
    return {role: len(rig.sent(address)) for role, address in at.items()}


async def _trouble(
    rig: RadioRig, device: Peripheral, address: str, verb: str, rest: list[str]
) -> None:
    if verb == "lose":
        await rig.lose(address)
    elif verb in ("silence", "speak"):
        rig.silence(address, silent=verb == "silence")
    elif verb == "off":
        await rig.remove(address)
    elif verb == "on":
        await rig.put(device, address)
    elif verb == "unpaired":
        rig.refuse_pairing(address)
    elif verb == "refuse":
        rig.refuse_connections(address, int(rest[0]))
    else:
        raise ValueError(verb)


def keep(path: str, sent: dict[str, list[tuple[str, bytes]]]) -> None:
    """Write what devices sent, payloads in hex."""
    texts = {
        role: [[channel, octets.hex()] for channel, octets in packets]
        for role, packets in sent.items()
    }
    Path(path).write_text(json.dumps(texts), encoding="utf-8")


async def give(order: str, path: str | None = None) -> Any:
    """Send one order, and return the answer."""
    reader, writer = await asyncio.open_unix_connection(path or os.environ[VARIABLE])
    writer.write(order.encode() + b"\n")
    answer = json.loads(await reader.readline())
    writer.close()
    return answer


if __name__ == "__main__":
    sys.stdout.write(f"{json.dumps(asyncio.run(give(' '.join(sys.argv[1:]))))}\n")
