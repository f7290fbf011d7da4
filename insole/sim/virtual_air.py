"""A link without a radio, on which simulated devices and computers meet; made with Bumble."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bumble import hci
from bumble.controller import Controller
from bumble.link import LocalLink

from insole.sim.gatt_server import AirDevice

if TYPE_CHECKING:
    from bumble.core import PhysicalTransport

    from insole.sim.peripheral import Peripheral


class VirtualAir:
    """A link without a radio, on which devices and computers meet.

    Parameters
    ----------
    speed : float
        Seconds of device time in each real second.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.link = VirtualLink()
        self.devices: dict[str, AirDevice] = {}
        self._speed = speed
        self._controllers: dict[str, Controller] = {}

    async def put(self, peripheral: Peripheral, address: str) -> AirDevice:
        """Switch a device on.

        Parameters
        ----------
        peripheral : Peripheral
            The device.
        address : str
            Its address, a random static one: the two highest bits are set.
        """
        controller = WideController(peripheral.local_name, link=self.link)
        device = AirDevice(
            peripheral, controller, controller, address, virtual=True, speed=self._speed
        )
        self.devices[address], self._controllers[address] = device, controller
        await device.start()
        return device

    async def remove(self, address: str) -> None:
        """Switch a device off; a computer that was connected notices by and by.

        Parameters
        ----------
        address : str
            Of the device.
        """
        self.lose(address)
        await self.devices.pop(address).stop()
        self.link.remove_controller(self._controllers.pop(address))

    def lose(self, address: str) -> None:
        """Cut the link of a device as when it goes out of range; both ends notice.

        Parameters
        ----------
        address : str
            Of the device.
        """
        _cut(self.link, self._controllers[address])

    async def close(self) -> None:
        """Switch all devices off."""
        for address in list(self.devices):
            await self.remove(address)


class VirtualLink(LocalLink):
    """Carries data between controllers by the addresses of their connection.

    Bumble's own goes by the address that a controller has now. Linux takes another one for each
    scan, and what it then says on older connections would be lost.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Bumble's is untyped

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        """Carry data from one controller to another.

        Parameters
        ----------
        sender_controller : Controller
            Whose data.
        destination_address : Address
            The other end of its connection.
        transport : PhysicalTransport
            Low energy.
        data : bytes
            An L2CAP packet.
        """
        connection = sender_controller.le_connections.get(destination_address)
        destination = self.find_le_controller(destination_address)
        if connection and destination:
            asyncio.get_running_loop().call_soon(
                destination.on_link_acl_data, connection.self_address, transport, data
            )


class WideController(Controller):
    """A virtual controller that takes as much at once as real ones with long packets do."""

    le_acl_data_packet_length = 251


class ProgramController(WideController):
    """The virtual controller that a program gets, Linux's kernel among them.

    Bumble's own claims LL Privacy and extended advertising, and yet sends the plain event of a new
    connection. Linux waits for the *enhanced* one then, gives up after 4 s, and refuses every later
    connection (seen with Linux 6.1). Nor does it take back a request to connect.
    """

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Send an event or data to the program.

        Parameters
        ----------
        packet : HCI_Packet
            What Bumble's controller would send.
        """
        if isinstance(packet, hci.HCI_LE_Connection_Complete_Event):
            packet = hci.HCI_LE_Enhanced_Connection_Complete_Event(
                status=packet.status,
                connection_handle=packet.connection_handle,
                role=packet.role,
                peer_address_type=packet.peer_address_type,
                peer_address=packet.peer_address,
                local_resolvable_private_address=hci.Address.ANY,
                peer_resolvable_private_address=hci.Address.ANY,
                connection_interval=packet.connection_interval,
                peripheral_latency=packet.peripheral_latency,
                supervision_timeout=packet.supervision_timeout,
                central_clock_accuracy=packet.central_clock_accuracy,
            )
        super().send_hci_packet(packet)

    def on_hci_le_create_connection_cancel_command(
        self, command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Take back a request to connect.

        Parameters
        ----------
        command : HCI_LE_Create_Connection_Cancel_Command
            The command.
        """
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        taken_back = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, taken_back)
        return super().on_hci_le_create_connection_cancel_command(command)

    def on_hci_reset_command(
        self, command: hci.HCI_Reset_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Forget the links of the program that was here before.

        Parameters
        ----------
        command : HCI_Reset_Command
            The command of the new one.
        """
        self.le_scan_enable = False
        self.pending_le_connection = None
        if self.link:
            _cut(self.link, self)
        return super().on_hci_reset_command(command)


def _cut(link: LocalLink, controller: Controller) -> None:
    """Let all links of a controller run into their supervision timeout, at both ends."""
    reason = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
    for mine in list(controller.le_connections.values()):
        other = link.find_le_controller(mine.peer_address)
        theirs = other.le_connections.get(mine.self_address) if other else None
        controller.on_le_disconnected(mine, reason)
        if other and theirs:
            other.on_le_disconnected(theirs, reason)
