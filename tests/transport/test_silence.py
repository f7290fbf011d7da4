"""When silence is a fault."""

import asyncio

import fast_loop

from insole.transport.silence import until_silent


def test_counts_from_the_last_that_was_heard():
    async def body():
        heard = [0]
        now = asyncio.get_running_loop().time

        async def speak():
            for _ in range(10):
                await asyncio.sleep(1.5)
                heard[0] = fast_loop.clock_ns()

        speaking = asyncio.create_task(speak())
        await until_silent(lambda: heard[0], fast_loop.clock_ns, 2.0)
        await speaking
        return now()

    assert fast_loop.run(body()) == 17.0


def test_a_computer_that_slept_begins_to_count_anew():
    """The time jumps while nobody looks: what arrived meanwhile is still to be read."""

    async def body():
        jump_ns = 0

        def clock_ns():
            return fast_loop.clock_ns() + jump_ns

        watching = asyncio.create_task(until_silent(lambda: 0, clock_ns, 2.0))
        await asyncio.sleep(1)
        jump_ns = 3600 * 10**9
        await asyncio.sleep(1.5)
        assert not watching.done()
        await watching
        return asyncio.get_running_loop().time()

    assert fast_loop.run(body()) == 4.0
