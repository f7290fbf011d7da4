"""Which of the devices that were heard are to be recorded, and as what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from insole.errors import LinkError
from insole.tables import SIDES
from insole.transport.scan import same_address, signal
from insole.transport.trouble import WAKE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from insole.spec.model import DeviceSpec
    from insole.transport.scan import Discovery

_ADDRESS = re.compile(
    r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)
"""A Bluetooth address, or the identifier that macOS gives in its place."""
SETTLE_S = 2.0
"""How long a scan goes on once all is heard, s: some devices advertise that seldom (our choice)."""
_INSOLE = "insole"
_PLATE = "plate"


@dataclass(frozen=True, slots=True)
class Wish:
    """A device that is asked for.

    Parameters
    ----------
    role : str
        What it shall be: ``left``, ``right`` or ``plate``; "" for what it is.
    spec_id : str
        What it must be; "" for any insole, or whatever has the address.
    address : str
        Its address; "" for any.
    """

    role: str = ""
    spec_id: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A device that will be recorded.

    Parameters
    ----------
    role : str or None
        What it will be; None for an insole that tells its side itself once it is connected.
    spec : DeviceSpec
        What it is.
    address : str
        Where it is.
    instead : str
        Where to try if the device there says that it is for the other foot; "" for nowhere.
    """

    role: str | None
    spec: DeviceSpec
    address: str
    instead: str = ""


def wishes(
    specs: Sequence[DeviceSpec], devices: Iterable[str] = (), left: str = "", right: str = ""
) -> list[Wish]:
    """Return what is asked for; with nothing given, an insole for each foot.

    Parameters
    ----------
    specs : sequence of DeviceSpec
        The devices that are known.
    devices : iterable of str
        Specs or addresses; the spec of an insole means both feet.
    left, right : str
        Spec or address of the device for one foot; "" for none.

    Raises
    ------
    LinkError
        If one is neither a known spec nor an address.
    """
    kinds = {spec.id: spec.kind for spec in specs}
    wanted: list[Wish] = []
    for text in devices:
        wish = _wish(text, "", kinds)
        both = wish.spec_id and kinds[wish.spec_id] == _INSOLE
        wanted += [replace(wish, role=side) for side in SIDES] if both else [wish]
    wanted += [
        _wish(text, side, kinds) for side, text in zip(SIDES, (left, right), strict=True) if text
    ]
    return wanted or [Wish(side) for side in SIDES]


def enough(
    wanted: Sequence[Wish], specs: Sequence[DeviceSpec], clock_s: Callable[[], float]
) -> Callable[[list[Discovery]], bool]:
    """Return what tells a scan that all that is asked for was heard.

    Somebody else's insoles may be near: without addresses the scan goes on for a while, so that
    they are not taken for the person's own because they were faster.

    Parameters
    ----------
    wanted : sequence of Wish
        What is asked for.
    specs : sequence of DeviceSpec
        The devices that are known.
    clock_s : callable, returns s
        A clock that never goes back.
    """
    chosen_s: float | None = None
    settle_s = 0.0 if all(wish.address for wish in wanted) else SETTLE_S

    def is_enough(found: list[Discovery]) -> bool:
        nonlocal chosen_s
        try:
            choose(wanted, found, specs)
        except LinkError:
            return False
        chosen_s = clock_s() if chosen_s is None else chosen_s
        return clock_s() - chosen_s >= settle_s

    return is_enough


def choose(
    wanted: Sequence[Wish], found: Sequence[Discovery], specs: Sequence[DeviceSpec]
) -> list[Choice]:
    """Return a device for each wish, those with an address first.

    Parameters
    ----------
    wanted : sequence of Wish
        What is asked for.
    found : sequence of Discovery
        What was heard.
    specs : sequence of DeviceSpec
        The devices that are known.

    Raises
    ------
    LinkError
        If one does not answer, several could be meant, or two would have the same role.
    """
    known = {spec.id: spec for spec in specs}
    chosen: list[Choice] = []
    for wish, roles in _groups(wanted):
        taken = {choice.address for choice in chosen}
        heard = [one for one in found if one.address not in taken]
        if wish.address:
            chosen.append(_at_address(wish, heard, known))
        else:
            fitting = [one for one in heard if _fits(one, wish, known)]
            chosen += _share_out(roles, fitting, known)
    _require_different_roles(chosen)
    return chosen


def _groups(wanted: Sequence[Wish]) -> list[tuple[Wish, list[str]]]:
    """Return wishes that differ in their role only together, those that say most first."""
    groups: dict[Wish, list[str]] = {}
    for wish in wanted:
        key = wish if wish.address else replace(wish, role="")
        groups.setdefault(key, []).append(wish.role)
    return sorted(groups.items(), key=lambda one: (not one[0].address, not one[0].spec_id))


def _at_address(wish: Wish, heard: Sequence[Discovery], known: Mapping[str, DeviceSpec]) -> Choice:
    at = [one for one in heard if same_address(one.address, wish.address)]
    title = wish.role or wish.address
    if not at:
        raise LinkError(title, f"nothing answers at {wish.address}; {WAKE}")
    spec = known.get(at[0].spec_id or "")
    if spec is None:
        problem = f"{_name(at[0])} is no known device; `insole scan` lists those that are"
        raise LinkError(title, problem)
    role = wish.role or _role(at[0], spec)
    if at[0].side and role in SIDES and role != at[0].side:
        raise LinkError(title, f"{_name(at[0])} says that it is the {at[0].side} one; swap the two")
    return Choice(role, spec, at[0].address)


def _share_out(
    roles: Sequence[str], fitting: Sequence[Discovery], known: Mapping[str, DeviceSpec]
) -> list[Choice]:
    """Give each role its device: first to those that tell their side, then by elimination."""
    told = {role: [one for one in fitting if role and one.side == role] for role in roles}
    untold = [one for one in fitting if not one.side]
    open_roles = [role for role in roles if not told[role]]
    for role, several in told.items():
        if len(several) > 1:
            raise _several(role, several)
    if len(untold) < len(open_roles):
        raise _missing(open_roles, [*untold, *(one for found in told.values() for one in found)])
    pair = _pair_for_one(open_roles, untold, known)
    if open_roles and len(untold) > len(open_roles) and not pair:
        raise _several(" and ".join(filter(None, open_roles)) or "device", untold)
    pairs = [(role, found[0]) for role, found in told.items() if found]
    pairs += () if pair else zip(open_roles, untold, strict=False)
    choices = [
        _choice(role, one, known[str(one.spec_id)], lone=open_roles == [role])
        for role, one in pairs
    ]
    return [*choices, *pair]


def _pair_for_one(
    open_roles: Sequence[str], untold: Sequence[Discovery], known: Mapping[str, DeviceSpec]
) -> list[Choice]:
    """Return the choice of one foot's insole out of a pair that will tell, nearest first."""
    if len(open_roles) != 1 or open_roles[0] not in SIDES or len(untold) != len(SIDES):
        return []
    first, second = sorted(untold, key=lambda one: -one.rssi_dbm)
    spec = known[str(first.spec_id)]
    if first.spec_id != second.spec_id or not _tells(spec):
        return []
    return [Choice(open_roles[0], spec, first.address, second.address)]


def _choice(role: str, one: Discovery, spec: DeviceSpec, *, lone: bool) -> Choice:
    if not role:
        return Choice(_role(one, spec), spec, one.address)
    if one.side or lone:
        return Choice(role, spec, one.address)
    _require_telling(one, spec)
    return Choice(None, spec, one.address)


def _role(one: Discovery, spec: DeviceSpec) -> str | None:
    """Return what a device is where nobody said."""
    if spec.kind != _INSOLE:
        return _PLATE
    if not one.side:
        _require_telling(one, spec)
    return one.side


def _require_telling(one: Discovery, spec: DeviceSpec) -> None:
    """See that an insole will tell its side once it is connected."""
    if not _tells(spec):
        problem = (
            f"{_name(one)} does not tell which foot it is for; give --left {one.address} or "
            f"--right {one.address}"
        )
        raise LinkError(spec.id, problem)


def _tells(spec: DeviceSpec) -> bool:
    """Return whether an insole tells its side once it is connected."""
    return spec.side.source not in {"user", "name"}


def _fits(one: Discovery, wish: Wish, known: Mapping[str, DeviceSpec]) -> bool:
    spec = known.get(one.spec_id or "")
    if spec is None:
        return False
    return spec.id == wish.spec_id if wish.spec_id else spec.kind == _INSOLE


def _missing(roles: Sequence[str], answering: Sequence[Discovery]) -> LinkError:
    title = " and ".join(filter(None, roles)) or "device"
    if not answering:
        return LinkError(title, f"nothing of the kind answers; {WAKE}")
    names = " and ".join(map(_name, answering))
    verb, one = ("does", "it") if len(answering) == 1 else ("do", "one")
    return LinkError(
        title,
        f"does not answer, only {names} {verb}; {WAKE}, or record {one} alone with "
        f"--left {answering[0].address} or --right {answering[0].address}",
    )


def _several(title: str, several: Sequence[Discovery]) -> LinkError:
    names = ", ".join(f"{_name(one)} ({signal(one)})" for one in several)
    return LinkError(
        title,
        f"several could be meant: {names}; name the address with --left, --right or --device",
    )


def _require_different_roles(chosen: Sequence[Choice]) -> None:
    first: dict[str, Choice] = {}
    for choice in chosen:
        if choice.role is None:
            continue
        if choice.role in first:
            both = f"{first[choice.role].spec.id} and {choice.spec.id}"
            problem = f"both {both} would be this; say with --left and --right which is which"
            raise LinkError(choice.role, problem)
        first[choice.role] = choice


def _name(one: Discovery) -> str:
    return f"{one.name or one.spec_id or 'a device'} at {one.address}"


def _wish(text: str, role: str, specs: Iterable[str]) -> Wish:
    if text in specs:
        return Wish(role, text)
    if _ADDRESS.fullmatch(text):
        return Wish(role, "", text)
    known = ", ".join(specs)
    raise LinkError(
        role or "device", f"{text!r} is no address and no known device; known are: {known}"
    )
