"""Which device an advertisement comes from."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from insole.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from insole.spec.model import DeviceSpec, MatchSpec


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What a peripheral says of itself: name, full service UUIDs, company ids of its data."""

    local_name: str = ""
    services: tuple[str, ...] = ()
    company_ids: tuple[int, ...] = ()


def match_spec(advertisement: Advertisement, specs: Iterable[DeviceSpec]) -> DeviceSpec | None:
    """Return the spec of highest priority that an advertisement fits; None if it fits none.

    Raises
    ------
    SpecError
        If two fit with the same priority; lists them.
    """
    fitting = [spec for spec in specs if fits(advertisement, spec.match)]
    if not fitting:
        return None
    highest = max(spec.match.priority for spec in fitting)
    best = [spec for spec in fitting if spec.match.priority == highest]
    if len(best) > 1:
        names = " and ".join(spec.id for spec in best)
        problem = f"{names} fit {advertisement.local_name!r} alike; give them different priorities"
        raise SpecError(best[0].path, "match.priority", problem)
    return best[0]


def fits(advertisement: Advertisement, match: MatchSpec) -> bool:
    """Return whether an advertisement meets every condition that is given, and any is."""
    services = {service.lower() for service in advertisement.services}
    given = {
        "local_name": any(fnmatchcase(advertisement.local_name, p) for p in match.local_name),
        "service": not services.isdisjoint(match.service),
        "company_id": not set(advertisement.company_ids).isdisjoint(match.company_id),
    }
    needed = [met for name, met in given.items() if getattr(match, name)]
    return bool(needed) and all(needed)
