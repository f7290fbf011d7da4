"""The guided minute of a calibration: what the person is asked to do, when, and the marks of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insole.record.store import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

READY_S = 5.0
"""Time to get ready for a step, s (our choice: sitting down or standing up takes 2 to 3 s)."""
SPARE_S = 1.0
"""What is recorded after the last step, s, so that late packets of it arrive."""


@dataclass(frozen=True, slots=True)
class Task:
    """One step: its name in the marks, what to do, and for how long, s."""

    step: str
    words: str
    duration_s: float


TASKS = (
    Task("press_left", "stand up, take the right foot off the ground, press your LEFT heel", 3.0),
    Task("unloaded", "sit down and let both feet hang, off the ground", 3.0),
    Task("quiet_stand", "stand still on both feet, arms hanging, hold on to nothing", 10.0),
    Task("shift_flat", "heels down: lean slowly from foot to foot, as far as you can", 12.0),
    Task("shift_tiptoe", "rise on tiptoe: lean slowly from foot to foot up there", 10.0),
)
"""In order. Their lengths: the project's measurement notes, calibration; 3 s on one foot: ours."""


ROCKS = (
    Task("rock_big", "heels down: both knees slowly forward over the big toes, and back", 4.0),
    Task("rock_middle", "heels down: both knees forward over the middle toes, and back", 4.0),
    Task("rock_little", "heels down: both knees forward over the little toes, and back", 4.0),
)
"""What teaches rocking besides, if it is wanted. Longer than the 3 s of the project's measurement
notes: a rock takes 4 s from flat to flat."""


class Guide:
    """Leads through the tasks by time alone.

    Parameters
    ----------
    tasks : sequence of Task
        What to do, in order; before each there is `READY_S` to get ready.
    """

    def __init__(self, tasks: Sequence[Task] = TASKS) -> None:
        self._spans: list[tuple[Task, float, float]] = []
        self._due: list[tuple[float, str]] = []
        end_s = 0.0
        for number, task in enumerate(tasks, 1):
            ready_s, start_s = end_s, end_s + READY_S
            end_s = start_s + task.duration_s
            self._spans.append((task, start_s, end_s))
            words = f"step {number} of {len(tasks)}, in {READY_S:.0f} s: {task.words}"
            self._due += [(ready_s, words), (start_s, f"now, for {task.duration_s:.0f} s")]
        self._due.append((end_s, "done"))
        self.length_s = end_s + SPARE_S

    def tell(self, time_s: float) -> list[str]:
        """Return what is to be said by now and was not yet.

        Parameters
        ----------
        time_s : float
            Time since the start, s.
        """
        now = [sentence for due_s, sentence in self._due if due_s <= time_s]
        self._due = self._due[len(now) :]
        return now

    def marks(self, began_ns: int, last_ns: int) -> list[Mark]:
        """Return the marks of the tasks that were over before the recording was.

        Parameters
        ----------
        began_ns : int
            When the guide started, on the clock of the recording, ns.
        last_ns : int
            When the last packet came, ns.
        """
        marks = []
        for task, *span_s in self._spans:
            edges_ns = [began_ns + round(edge_s * 1e9) for edge_s in span_s]
            if edges_ns[1] <= last_ns:
                marks += [
                    Mark(at_ns, "calibration", json.dumps({"step": task.step, "event": event}))
                    for at_ns, event in zip(edges_ns, ("start", "end"), strict=True)
                ]
        return marks
