"""One live packet at a time: payload in, frames out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insole.codec.layout import layouts_by_channel, read_rows, unknown_channel, wrong_length

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insole.codec.number import Numbers
    from insole.spec.model import DeviceSpec


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded message.

    Parameters
    ----------
    message : str
        Its name in the spec.
    host_time_ns : int
        Arrival, ns since the start of the recording.
    header : mapping of str to int or float
        Raw value of a whole field, else in the field's unit, NaN if missing.
    samples : mapping of str to ndarray, (n,) or (n, k)
        n samples of one or k elements in the field's unit, NaN where missing.
    """

    message: str
    host_time_ns: int
    header: Mapping[str, int | float]
    samples: Mapping[str, Numbers]


class Decoder:
    """The decoder of one connection; it dies with the connection.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    """

    def __init__(self, spec: DeviceSpec) -> None:
        self._spec = spec
        self._layouts = layouts_by_channel(spec)

    def feed(self, channel: str, payload: bytes, host_time_ns: int) -> list[Frame]:
        """Return the frames that this packet completes.

        Parameters
        ----------
        channel : str
            The spec's name of the characteristic.
        payload : bytes
            As the device sent it.
        host_time_ns : int
            Arrival, ns since the start of the recording.

        Raises
        ------
        DecodeError
            If no message comes on the channel, or the payload does not fit its layout.
        """
        layout = self._layouts.get(channel)
        if layout is None:
            raise unknown_channel(self._spec, channel, payload)
        if not layout.fits(len(payload)):
            raise wrong_length(layout, self._spec.id, payload)
        header, samples = read_rows(layout, np.frombuffer(payload, np.uint8).reshape(1, -1))
        return [
            Frame(
                layout.message.name,
                host_time_ns,
                {name: value.item() for name, value in header.items()},
                {name: value[0] for name, value in samples.items()},
            )
        ]
