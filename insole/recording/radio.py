"""Real devices as the source of a recording: heard, chosen, ready to be connected to."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from insole.errors import LinkError, StoreError
from insole.record.address import address_hash
from insole.record.store import Device
from insole.recording.source import Member, Source
from insole.spec import list_specs
from insole.spec.model import ADVERTISEMENT
from insole.transport import choose
from insole.transport.advert import AdvertLink
from insole.transport.ble import BleLink
from insole.transport.either import EitherLink
from insole.transport.radio import Radio
from insole.transport.scan import scan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from insole.spec.model import DeviceSpec
    from insole.transport.choose import Choice, Wish
    from insole.transport.scan import Discovery

SEARCH_S = 20.0
"""How long devices are looked for: most sleeping ones advertise every 1 to 2 s (our choice)."""

LOOK_EVERY_S = 0.25
"""How often it is looked whether enough was heard (our choice)."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which devices shall be recorded; with nothing given, both insoles.

    Parameters
    ----------
    devices : tuple of str
        Specs or addresses.
    left, right : str
        Spec or address of the device for one foot.
    side : str
        ``left`` or ``right`` to record one foot only, with the one device given, or any insole.
    """

    devices: tuple[str, ...] = ()
    left: str = ""
    right: str = ""
    side: str = ""

    def wishes(self, specs: Sequence[DeviceSpec]) -> list[Wish]:
        """Return what is asked for, one device each.

        Parameters
        ----------
        specs : sequence of DeviceSpec
            The devices that are known.

        Raises
        ------
        LinkError
            If one is neither a known spec nor an address, or the side contradicts the rest.
        """
        if not self.side:
            return choose.wishes(specs, self.devices, self.left, self.right)
        if self.left or self.right or len(self.devices) > 1:
            problem = "names one foot, so it goes with one device at most"
            raise LinkError("side", f"{problem}; use left and right to say which is which")
        if not self.devices:
            return [choose.Wish(self.side)]
        return choose.wishes(specs, **{self.side: self.devices[0]})


async def found(
    wanted: Wanted,
    *,
    folder: Path | None = None,
    radio: Radio | None = None,
    tell: Callable[[str], None] = lambda _: None,
    clock_ns: Callable[[], int] = time.monotonic_ns,
) -> Source:
    """Return the devices that are wanted, when all of them have been heard.

    Parameters
    ----------
    wanted : Wanted
        Which.
    folder : Path, optional
        Where specs are looked for first.
    radio : Radio, optional
        The adapter; by default the computer's own.
    tell : callable
        Gets a sentence about what happens.
    clock_ns : callable, returns ns
        A clock that never goes back. Any but the computer's own may stand still while something is
        worked out.

    Raises
    ------
    LinkError
        If this computer cannot scan, a device does not answer, or several could be meant.
    SpecError
        If a spec cannot be used.
    """
    specs = list_specs(folder)
    wishes = wanted.wishes(specs)
    radio = radio or Radio()
    tell("looking for devices; step on your insoles to wake them")
    enough = choose.enough(wishes, specs, lambda: clock_ns() / 1e9)
    choices = choose.choose(wishes, await _heard(radio, specs, enough), specs)
    start_ns, started = clock_ns(), datetime.now(UTC)

    def now_ns() -> int:
        return clock_ns() - start_ns

    members = tuple(_member(choice, radio, now_ns) for choice in choices)
    return Source(members, now_ns, started, waits=clock_ns is not time.monotonic_ns)


async def _heard(
    radio: Radio, specs: Sequence[DeviceSpec], is_enough: Callable[[list[Discovery]], bool]
) -> list[Discovery]:
    """Return what is heard until that is enough.

    That is looked at regularly, and not only when something is heard: a device that a program left
    connected when it died does not advertise, and the system tells of it once only.
    """
    heard: list[Discovery] = []

    def note(found: list[Discovery]) -> bool:
        heard[:] = found
        return is_enough(found)

    scanning = asyncio.ensure_future(scan(radio, specs, timeout_s=SEARCH_S, enough=note))
    try:
        while not scanning.done():
            await asyncio.wait({scanning}, timeout=LOOK_EVERY_S)
            if heard and not scanning.done() and is_enough(heard):
                return heard
        return scanning.result()
    finally:
        scanning.cancel()
        await asyncio.wait({scanning})


def _member(choice: Choice, radio: Radio, now_ns: Callable[[], int]) -> Member:
    link: BleLink | EitherLink | AdvertLink
    if choice.instead:
        both = (choice.address, choice.instead)
        links = [BleLink(None, choice.spec, at, radio, clock_ns=now_ns) for at in both]
        link = EitherLink(str(choice.role), links)
    elif set(choice.spec.gatt) <= {ADVERTISEMENT}:
        role = choice.role or choice.spec.kind
        link = AdvertLink(role, choice.spec, choice.address, radio, clock_ns=now_ns)
    else:
        link = BleLink(choice.role, choice.spec, choice.address, radio, clock_ns=now_ns)
    return Member(link, choice.spec, lambda: _row(link))


def _row(link: BleLink | EitherLink | AdvertLink) -> Device:
    """Return what a session keeps of a device that is connected; its address only as a hash."""
    spec, told = link.spec, dict(link.info)
    return Device(
        link.role, spec.id, spec.toml, spec.hash,
        name=str(told.pop("name", spec.name)),
        address_hash=_hash(link.address),
        firmware=str(told.pop("firmware", "")),
        info_json=json.dumps(told, default=str),
    )  # fmt: skip


def _hash(address: str) -> str:
    """Return the hash of an address; without a usable key none, since that costs no recording."""
    try:
        return address_hash(address)
    except StoreError as error:
        _log.warning("%s; without it the device will not be recognised next time", error)
        return ""
