"""A message bus of one's own, where D-Bus programs look for the system's."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

DAEMON = "dbus-daemon"
ADDRESS_VARIABLE = "DBUS_SYSTEM_BUS_ADDRESS"
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:dir={folder}</listen>
  <policy context="default">
    <allow own="*"/> <allow send_destination="*"/> <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


def missing() -> str:
    """Return why there can be no bus; "" if there can."""
    return "" if shutil.which(DAEMON) else f"needs {DAEMON} (Debian: apt-get install dbus)"


@asynccontextmanager
async def private_bus() -> AsyncIterator[str]:
    """Start a bus, and yield its address."""
    with tempfile.TemporaryDirectory() as folder:
        config = _written(folder)
        daemon = await asyncio.create_subprocess_exec(
            DAEMON, "--nofork", f"--config-file={config}", "--print-address=1",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in a terminal is not for the bus
        )  # fmt: skip
        try:
            address = (await daemon.stdout.readline()).decode().strip()
            if not address:
                raise RuntimeError((await daemon.stderr.read()).decode())
            yield address
        finally:
            daemon.terminate()
            await daemon.wait()


def _written(folder: str) -> Path:
    config = Path(folder, "bus.xml")
    config.write_text(_CONFIG.format(folder=folder), encoding="utf-8")
    return config
