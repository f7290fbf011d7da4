"""One Bluetooth adapter: who may use it when, and one scanner for all who listen."""

from __future__ import annotations

import asyncio
import logging
import platform
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from insole.transport.trouble import radio_error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

    from bleak import BleakScanner
    from bleak.backends.adapter import BaseBleakAdapter
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData, BaseBleakScanner

    from insole.spec.model import DeviceSpec

FREE_S = 10.0
"""How long to try to disconnect a device that was left connected, s (our choice)."""

_log = logging.getLogger(__name__)


class Heard(NamedTuple):
    """An advertisement that was heard, and when, in ns of the listener's clock."""

    device: BLEDevice
    advertisement: AdvertisementData
    time_ns: int


class Ear:
    """One who listens to advertisements; made by `Radio.listen`.

    Parameters
    ----------
    services : tuple of str
        UUIDs to scan for where the system demands some; none to hear everything.
    every : bool
        Whether advertisements that repeat the last one are wanted too.
    clock_ns : callable, returns ns
        Tells when something was heard.
    """

    def __init__(
        self, services: tuple[str, ...], clock_ns: Callable[[], int], *, every: bool
    ) -> None:
        self.services, self.every = services, every
        self._clock_ns = clock_ns
        self._heard: asyncio.Queue[Heard | Exception] = asyncio.Queue()

    def hear(self, device: BLEDevice, advertisement: AdvertisementData) -> None:
        """Take an advertisement."""
        self._heard.put_nowait(Heard(device, advertisement, self._clock_ns()))

    def fail(self, error: Exception) -> None:
        """Learn that nothing more will be heard."""
        self._heard.put_nowait(error)

    async def next(self) -> Heard:
        """Return the next advertisement; wait for it if need be.

        Raises
        ------
        LinkError
            If the adapter has stopped to scan.
        """
        heard = await self._heard.get()
        if isinstance(heard, Exception):
            raise heard
        return heard


class Radio:
    """One adapter. Only one link connects at a time, and nobody scans meanwhile.

    Two that connect or scan at once disturb each other: BlueZ refuses the second one.

    Parameters
    ----------
    client, scanner, adapter : type, optional
        Backends that bleak shall use; by default those of this system. Without an adapter nothing
        is known of devices that other programs have connected to.
    """

    def __init__(
        self,
        client: type[BaseBleakClient] | None = None,
        scanner: type[BaseBleakScanner] | None = None,
        adapter: type[BaseBleakAdapter] | None = None,
    ) -> None:
        self.client, self.scanner, self.adapter = client, scanner, adapter
        self._turn = asyncio.Lock()
        self._ears: list[Ear] = []
        self._scanning: BleakScanner | None = None
        self._options: dict[str, Any] = {}

    @asynccontextmanager
    async def listen(
        self,
        specs: Sequence[DeviceSpec] = (),
        *,
        every: bool = False,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> AsyncIterator[Ear]:
        """Scan for as long as the context lasts; several may listen at once.

        Parameters
        ----------
        specs : sequence of DeviceSpec
            What is looked for, for systems that scan for stated services only.
        every : bool
            Whether advertisements that repeat the last one are wanted too.
        clock_ns : callable, returns ns
            Tells when something was heard.

        Raises
        ------
        LinkError
            If this computer cannot scan.
        """
        ear = Ear(services_to_scan_for(specs), clock_ns, every=every)
        async with self._turn:
            self._ears.append(ear)
            try:
                await self._adjust()
            except BaseException:
                self._ears.remove(ear)
                raise
        try:
            yield ear
        finally:
            self._ears.remove(ear)
            async with self._turn:
                if not self._ears:
                    await self._stop()

    @asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """Keep the adapter for oneself, to connect; who listens hears nothing meanwhile."""
        async with self._turn:
            await self._stop()
            try:
                yield
            finally:
                await self._resume()

    async def scan_anew(self) -> None:
        """Stop scanning and start again, in case that the system has silently ceased to.

        Raises
        ------
        LinkError
            If this computer cannot scan any more.
        """
        async with self._turn:
            await self._stop()
            await self._adjust()

    async def connected(self, service: str) -> list[BLEDevice]:
        """Return the devices with a service that are connected to this computer.

        They do not advertise, so no scan finds them. A recording that was killed leaves its devices
        so: Linux does not disconnect them.

        Parameters
        ----------
        service : str
            UUID.
        """
        from bleak import BleakAdapter  # noqa: PLC0415 - takes time to import

        if self.scanner and not self.adapter:
            return []
        try:
            adapter = await BleakAdapter.get(backend=self.adapter)
            return await adapter.get_connected_devices([service])
        except Exception as error:  # noqa: BLE001 - what is wrong with Bluetooth, a scan will tell
            _log.debug("connected devices cannot be listed: %r", error)
            return []

    async def free(self, device: BLEDevice) -> None:
        """Disconnect a device that this computer was left connected to, so that it advertises.

        Parameters
        ----------
        device : BLEDevice
            One of `connected`.
        """
        from bleak import BleakClient  # noqa: PLC0415 - takes time to import

        try:
            async with self.quiet(), asyncio.timeout(FREE_S):
                client = BleakClient(device, backend=self.client)
                await client.connect()
                await client.disconnect()
        except Exception as error:  # noqa: BLE001 - if it does not come free, the scan will tell
            _log.debug("%s was not disconnected: %r", device.address, error)

    def _hear(self, device: BLEDevice, advertisement: AdvertisementData) -> None:
        for ear in self._ears:
            ear.hear(device, advertisement)

    async def _resume(self) -> None:
        """Scan again for those who listen; if that fails, it is theirs to know."""
        try:
            await self._adjust()
        except Exception as error:  # noqa: BLE001 - whatever it is, those who listen get it
            for ear in self._ears:
                ear.fail(error)

    async def _adjust(self) -> None:
        """Let the scanner run as all who listen need it."""
        options = _options(self._ears)
        if self._scanning and options == self._options:
            return
        await self._stop()
        if self._ears:
            await self._start(options)

    async def _start(self, options: dict[str, Any]) -> None:
        from bleak import BleakScanner  # noqa: PLC0415 - takes time to import

        try:
            scanner = BleakScanner(self._hear, backend=self.scanner, **options)
            await scanner.start()
        except Exception as error:
            raise radio_error(error) from error
        self._scanning, self._options = scanner, options

    async def _stop(self) -> None:
        scanner, self._scanning = self._scanning, None
        if scanner is None:
            return
        try:
            await scanner.stop()
        except Exception as error:  # noqa: BLE001 - a scanner that cannot be stopped has ended
            _log.debug("the scanner did not stop: %r", error)


def services_to_scan_for(
    specs: Iterable[DeviceSpec], system: str | None = None, release: str | None = None
) -> tuple[str, ...]:
    """Return the UUIDs to scan for; none where everything can be heard.

    Parameters
    ----------
    specs : iterable of DeviceSpec
        What is looked for.
    system, release : str, optional
        Name of the operating system and, of macOS, its version; by default this computer's.

    Notes
    -----
    macOS 12.0 to 12.2 gives programs in a terminal advertisements of stated services only (bleak's
    documentation of BleakScanner). Elsewhere none are stated, since many devices announce none.
    """
    if (system or platform.system()) != "Darwin":
        return ()
    version = (release or platform.mac_ver()[0]).split(".")
    if version[0] != "12" or (version[1:] or ["0"])[0] not in {"0", "1", "2"}:
        return ()
    looks = (look for spec in specs for look in spec.match.looks)
    return tuple(
        dict.fromkeys(uuid for look in looks for uuid in (*look.service, *look.service_data))
    )


def _options(ears: Sequence[Ear]) -> dict[str, Any]:
    """Return what to tell bleak so that all hear what they need."""
    options: dict[str, Any] = {}
    if ears and all(ear.services for ear in ears):
        options["service_uuids"] = sorted({uuid for ear in ears for uuid in ear.services})
    if any(ear.every for ear in ears):
        options["bluez"] = {"filters": {"DuplicateData": True}}  # elsewhere every one is heard
    return options
