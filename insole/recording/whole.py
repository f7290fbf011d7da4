"""A recording from the search for its devices to the session, in one call."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from insole.errors import InsoleError, LinkError
from insole.record.folder import sessions_folder
from insole.recording.course import Recording, Rules
from insole.recording.file import keeper
from insole.recording.radio import Wanted, found
from insole.recording.source import simulated
from insole.recording.stop import STOPPED_EARLY, Stop, stopped_by_signals, until_stopped
from insole.session import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.measure.kind import Exercise
    from insole.recording.source import Source
    from insole.session import Session

_log = logging.getLogger(__name__)


async def record_session(
    devices: Sequence[str] = (),
    *,
    left: str = "",
    right: str = "",
    side: str = "",
    out: str | Path | None = None,
    duration_s: float | None = None,
    auto_stop_s: float | None = None,
    exercise: Exercise | None = None,
    note: str = "",
    spec_folder: Path | None = None,
    simulate: str = "",
    seed: int = 1,
    stop: Stop | None = None,
) -> Session:
    """Record a session and return it, in a notebook cell or wherever an event loop runs.

    Parameters
    ----------
    devices : sequence of str
        Specs or addresses of the devices; by default the insoles of both feet.
    left, right : str
        Spec or address of the device for one foot.
    side : {"left", "right"}
        Record one insole only, worn on this foot.
    out : str or Path, optional
        A file that does not exist yet, or a folder, where a free name is taken; by default the
        sessions folder.
    duration_s : float, optional
        When to end, in s after all devices were connected.
    auto_stop_s : float, optional
        When to end, in s after the last exercise.
    exercise : {"isometric_hold", "eccentric_raise"}, optional
        What is done, where the sensors cannot tell.
    note : str
        A remark for the report.
    spec_folder : Path, optional
        Where specs are looked for first.
    simulate : str
        Name of a scenario: a simulated person instead, who needs no time.
    seed : int
        Draws that person.
    stop : Stop, optional
        Ends it when asked to.

    Returns
    -------
    Session
        As from `insole.load`. If devices or disk fail after the start, what had arrived by then is
        in it, and a warning is logged.

    Raises
    ------
    LinkError
        If Bluetooth cannot be used, or a device does not answer, or could be one of several.
    SpecError
        If there is no such scenario, or a spec cannot be used.
    StoreError
        If the session cannot be made.

    Notes
    -----
    When it is cancelled (the stop button of a notebook), the file is brought to its end first;
    ``insole.load("last")`` opens it.
    """
    place = _place(out)
    stop = stop or Stop()
    source = await until_stopped(
        _source(Wanted(tuple(devices), left, right, side), spec_folder, simulate, seed), stop
    )
    if source is None:
        raise LinkError("recording", STOPPED_EARLY)
    keep = keeper(place, exercise=exercise or "", note=note)
    follow = not simulate or auto_stop_s is not None
    rules = Rules(duration_s, auto_stop_s)
    recording = Recording(source, lambda: keep(source), rules=rules, stop=stop, follow=follow)
    try:
        await recording.run()
    except InsoleError as error:
        if recording.path is None:
            raise
        _log.warning("%s", error)
    if recording.path is None:
        raise LinkError("recording", STOPPED_EARLY)
    return load(recording.path)


class Options(TypedDict, total=False):
    """What `record_session` takes by name."""

    left: str
    right: str
    side: str
    out: str | Path | None
    duration_s: float | None
    auto_stop_s: float | None
    exercise: Exercise | None
    note: str
    spec_folder: Path | None
    simulate: str
    seed: int


def record_session_blocking(devices: Sequence[str] = (), **options: Unpack[Options]) -> Session:
    """Record a session and return it when the recording has ended, in a script.

    Ctrl-C ends it, and the session is returned all the same.

    Parameters
    ----------
    devices : sequence of str
        Specs or addresses of the devices; by default the insoles of both feet.
    **options
        As in `record_session`, and so are the errors.

    Returns
    -------
    Session
        As from `insole.load`.

    Raises
    ------
    InsoleError
        Also where an event loop runs already, as in a notebook: await `record_session` there.
    """
    if _in_event_loop():
        problem = "an event loop runs already, as in a notebook; await record_session(...) instead"
        raise InsoleError(problem)

    async def record() -> Session:
        stop = Stop()
        with stopped_by_signals(stop):
            return await record_session(devices, **options, stop=stop)

    return asyncio.run(record())


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _place(out: str | Path | None) -> Path:
    """Return the file or folder given, or the sessions folder, made if need be."""
    if out is not None:
        return Path(out)
    folder = sessions_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def _source(wanted: Wanted, spec_folder: Path | None, scenario: str, seed: int) -> Source:
    if scenario:
        return simulated(scenario, seed=seed, folder=spec_folder)[0]
    return await found(wanted, folder=spec_folder)
