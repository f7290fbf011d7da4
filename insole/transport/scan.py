"""Which devices are there, and which of them are known."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from insole.codec.decoder import Decoder
from insole.errors import LinkError
from insole.spec.match import Advertisement, advertised, match_spec, side_by_name
from insole.transport import facts
from insole.transport.trouble import WAKE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

    from insole.codec.dialect import Frame
    from insole.spec.model import DeviceSpec
    from insole.transport.radio import Heard, Radio


GENERIC_ATTRIBUTE = "00001801-0000-1000-8000-00805f9b34fb"
"""The service that every device has (Bluetooth Core 5.4, vol. 3, part G, 7)."""
UNHEARD_DBM = -127
"""Strength of a signal that was not heard, as bleak has it."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A device that was heard.

    Parameters
    ----------
    address : str
        Its Bluetooth address. macOS gives an identifier in its place that holds on this computer
        only.
    name : str
        What it calls itself; "" if it says nothing.
    rssi_dbm : int
        Strength of its signal, dBm; `UNHEARD_DBM` if it is connected to this computer and silent.
    spec_id : str or None
        The spec that it fits; None for a device of others.
    side : str or None
        Its side, if its advertisement tells; None otherwise.
    battery_percent : float or None
        Its charge, if its advertisement tells.
    advertisement : Advertisement
        All that it said since the scan began.
    """

    address: str
    name: str
    rssi_dbm: int
    spec_id: str | None
    side: str | None
    battery_percent: float | None
    advertisement: Advertisement


def signal(one: Discovery) -> str:
    """Return how well a device was heard, in words.

    Parameters
    ----------
    one : Discovery
        The device.
    """
    return "connected" if one.rssi_dbm == UNHEARD_DBM else f"{one.rssi_dbm} dBm"


async def scan(
    radio: Radio,
    specs: Sequence[DeviceSpec],
    *,
    timeout_s: float,
    enough: Callable[[list[Discovery]], bool] | None = None,
) -> list[Discovery]:
    """Return the devices that were heard, in the order in which they were.

    Parameters
    ----------
    radio : Radio
        The adapter.
    specs : sequence of DeviceSpec
        The devices that are known.
    timeout_s : float
        How long to listen, s.
    enough : callable, optional
        Gets all that was found so far; says whether that will do.

    Raises
    ------
    LinkError
        If this computer cannot scan.
    SpecError
        If two specs fit a device alike.
    """
    found: dict[str, Discovery] = {}
    try:
        async with asyncio.timeout(timeout_s):
            async with aclosing(discoveries(radio, specs)) as heard:
                async for discovery in heard:
                    found[discovery.address] = discovery
                    if enough and enough(list(found.values())):
                        break
    except TimeoutError:
        pass
    return list(found.values())


async def discoveries(radio: Radio, specs: Sequence[DeviceSpec]) -> AsyncGenerator[Discovery, None]:
    """Yield a device whenever it is heard, with all that is known of it by then, without end.

    Devices that are connected to this computer already, and say nothing, come first.

    Whoever stops early closes it (`contextlib.aclosing`); until then the adapter scans.

    Parameters
    ----------
    radio : Radio
        The adapter.
    specs : sequence of DeviceSpec
        The devices that are known.

    Raises
    ------
    LinkError
        If this computer cannot scan.
    SpecError
        If two specs fit a device alike.
    """
    reader = _Reader(specs)
    async with radio.listen(specs) as ear:
        for left_over in await _left_connected(radio, specs):
            yield reader.read_connected(*left_over)
        while True:
            yield reader.read(await ear.next())


async def find(
    radio: Radio, spec: DeviceSpec, address: str, role: str, *, timeout_s: float
) -> BLEDevice:
    """Return bleak's handle of a device, fresh, since it does not keep.

    Parameters
    ----------
    radio : Radio
        The adapter.
    spec : DeviceSpec
        What it is.
    address : str
        Its address; large and small letters are one.
    role : str
        Its role, for the error.
    timeout_s : float
        How long to listen, s.

    Raises
    ------
    LinkError
        If it is not heard, or this computer cannot scan.
    """
    held = await _held(radio, address)
    if held:
        await radio.free(held)
    try:
        async with asyncio.timeout(timeout_s), radio.listen([spec]) as ear:
            while True:
                device = (await ear.next()).device
                if same_address(device.address, address):
                    return device
    except TimeoutError:
        if held := await _held(radio, address):
            return held  # the system does not let go of it, and may share it
        problem = f"{spec.name} does not answer; {WAKE}"
        raise LinkError(role, problem) from None


def same_address(one: str, other: str) -> bool:
    """Return whether two addresses are the same device's."""
    return one.strip().lower() == other.strip().lower()


def advertisement_of(heard: AdvertisementData) -> Advertisement:
    """Return what bleak heard as our own value."""
    return Advertisement(
        heard.local_name or "",
        tuple(uuid.lower() for uuid in heard.service_uuids),
        {company: bytes(octets) for company, octets in heard.manufacturer_data.items()},
        {uuid.lower(): bytes(octets) for uuid, octets in heard.service_data.items()},
    )


class _Reader:
    """Puts together what each device says in several advertisements, and tells what it is."""

    def __init__(self, specs: Sequence[DeviceSpec]) -> None:
        self._specs = specs
        self._known: dict[str, Discovery] = {}
        self._decoders: dict[str, Decoder] = {}

    def read(self, heard: Heard) -> Discovery:
        """Return a device as it is known now."""
        address = heard.device.address
        said, rssi_dbm = advertisement_of(heard.advertisement), heard.advertisement.rssi
        old = self._known.get(address)
        whole = _together(old.advertisement, said) if old else said
        if old and whole == old.advertisement:
            known = replace(old, rssi_dbm=rssi_dbm)
        else:
            known = self._told(address, rssi_dbm, whole)
        self._known[address] = known
        return known

    def read_connected(self, device: BLEDevice, services: Sequence[str]) -> Discovery:
        """Return a device that says nothing because it is connected."""
        whole = Advertisement(device.name or "", tuple(services))
        self._known[device.address] = self._told(device.address, UNHEARD_DBM, whole)
        return self._known[device.address]

    def _told(self, address: str, rssi_dbm: int, said: Advertisement) -> Discovery:
        spec = match_spec(said, self._specs)
        if spec is None:
            charge = _charge_in_service_data(said)
            return Discovery(address, said.local_name, rssi_dbm, None, None, charge, said)
        frames = self._frames(spec, said)
        side = side_by_name(said.local_name, spec) or facts.side_told(frames, spec)
        charge = facts.battery_told(frames, facts.battery_fields(spec))
        if charge is None:
            charge = _charge_in_service_data(said)
        return Discovery(address, said.local_name, rssi_dbm, spec.id, side, charge, said)

    def _frames(self, spec: DeviceSpec, said: Advertisement) -> Sequence[Frame]:
        channel_and_payload = advertised(said, spec)
        if channel_and_payload is None:
            return ()
        if spec.id not in self._decoders:
            self._decoders[spec.id] = Decoder(spec)
        return facts.frames_in(self._decoders[spec.id], *channel_and_payload, 0)


async def _held(radio: Radio, address: str) -> BLEDevice | None:
    """Return a device if this computer is connected to it."""
    connected = await radio.connected(GENERIC_ATTRIBUTE)
    return next((one for one in connected if same_address(one.address, address)), None)


async def _left_connected(
    radio: Radio, specs: Sequence[DeviceSpec]
) -> list[tuple[BLEDevice, list[str]]]:
    """Return the devices that are connected to this computer, each with its known services."""
    services = (uuid for spec in specs for look in spec.match.looks for uuid in look.service)
    found: dict[str, tuple[BLEDevice, list[str]]] = {}
    for uuid in (GENERIC_ATTRIBUTE, *dict.fromkeys(services)):
        for device in await radio.connected(uuid):
            found.setdefault(device.address, (device, []))[1].append(uuid)
    return list(found.values())


def _together(old: Advertisement, new: Advertisement) -> Advertisement:
    """Return an advertisement and its scan response, or two advertisements in turn, as one."""
    return Advertisement(
        new.local_name or old.local_name,
        tuple(dict.fromkeys((*old.services, *new.services))),
        {**old.manufacturer_data, **new.manufacturer_data},
        {**old.service_data, **new.service_data},
    )


def _charge_in_service_data(said: Advertisement) -> float | None:
    return facts.battery_level(said.service_data.get(facts.BATTERY_SERVICE, b""))
