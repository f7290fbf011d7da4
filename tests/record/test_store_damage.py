"""A damaged file gives what is whole and names the rest: never other data, never another error."""

import sqlite3

import numpy as np
import pytest
import stored

from insole.errors import StoreError
from insole.record.packets import lines
from insole.record.pages import read_pages
from insole.record.store import open_session

PAGE = 4096


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "a.insole"
    stored.write_session(path, stored.items(300, length=120), block=13)
    return path


@pytest.fixture
def check(sound, tmp_path):
    """Return a function that opens damaged bytes, checks the promise and says what came of it."""
    expected = stored.content(open_session(sound))
    packets = stored.packet_set(open_session(sound))
    path = tmp_path / "b.insole"

    def opened(content):
        path.write_bytes(content)
        try:
            session = open_session(path)
        except StoreError as error:
            return refused(error)
        finally:
            assert path.read_bytes() == content
            assert stored.beside(path) == ["b.insole"]
        found = stored.content(session)
        if not session.damage:
            assert found == expected
            return session
        assert all(str(damage) for damage in session.damage)
        assert stored.packet_set(session) <= packets
        assert set(found["marks"]) <= set(expected["marks"])
        assert set(found["link_events"]) <= set(expected["link_events"])
        assert found["attachments"].items() <= expected["attachments"].items()
        assert found["devices"].items() <= expected["devices"].items()
        for name in ("body_mass_kg", "note", "session_id", "started_at_utc"):
            value = getattr(session.meta, name)
            assert value in (getattr(expected["meta"], name), None, "")
        assert list(lines(session))
        return session

    return opened


def refused(error):
    assert "\n" not in str(error)


def flipped(content, at, bit):
    return content[:at] + bytes([content[at] ^ (1 << int(bit))]) + content[at + 1 :]


def flip_everywhere(content, check, step, seed):
    rng = np.random.default_rng(seed)
    outcomes = set()
    for at in range(int(rng.integers(step)), len(content), step):
        session = check(flipped(content, at, rng.integers(8)))
        outcomes.add("refused" if session is None else "damaged" if session.damage else "same")
    return outcomes


def test_a_flipped_bit_anywhere_is_found_or_harmless(sound, check):
    outcomes = flip_everywhere(sound.read_bytes(), check, step=331, seed=1)
    assert outcomes == {"damaged", "same"}


def test_a_flipped_bit_in_the_first_hundred_bytes(sound, check):
    content = sound.read_bytes()
    outcomes = [check(flipped(content, at, at % 8)) for at in range(100)]
    assert any(session is None for session in outcomes)
    assert any(session is not None for session in outcomes)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_flipped_bit_at_any_of_many_places(sound, check, seed):
    assert "damaged" in flip_everywhere(sound.read_bytes(), check, step=43, seed=seed)


def test_a_flipped_bit_in_any_head_of_a_page(sound, check):
    content = sound.read_bytes()
    rng = np.random.default_rng(2)
    for page in range(0, len(content), PAGE):
        for at in rng.permutation(16)[:3] + page:
            check(flipped(content, at, rng.integers(8)))


def test_a_flipped_byte_of_a_payload_costs_one_block(sound, check):
    content = sound.read_bytes()
    before = open_session(sound)
    packets = before.packets("right", "stream")
    payload = max(stored.payloads(packets), key=len)
    assert content.count(payload) == 1
    session = check(flipped(content, content.index(payload) + 5, 3))
    (damage,) = session.damage
    assert damage.kind == "packet"
    id_ = packets.id[stored.payloads(packets).index(payload)]
    assert damage.first_id <= id_ <= damage.last_id
    assert len(stored.packet_set(before)) - len(stored.packet_set(session)) <= 13


def test_a_lost_page_costs_what_was_on_it(sound, check):
    """Also a page by which SQLite would have found others."""
    content = sound.read_bytes()
    total = len(stored.packet_set(open_session(sound)))
    lost = []
    for page in range(PAGE, len(content), PAGE):
        session = check(content[:page] + bytes(PAGE) + content[page + PAGE :])
        lost.append(total - len(stored.packet_set(session)))
    assert max(lost) < total  # packets are whole in each case,
    assert sorted(lost)[len(lost) // 2] <= 60  # and mostly nearly all


def test_a_lost_first_page_is_a_sentence(sound, check):
    content = sound.read_bytes()
    assert check(bytes(PAGE) + content[PAGE:]) is None


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.999])
def test_a_file_cut_off_gives_its_beginning(tmp_path, part):
    path = tmp_path / "a.insole"
    stored.write_session(path, stored.items(4000, length=100), block=13)
    whole = stored.packet_set(open_session(path))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    session = open_session(path)
    assert session.damage[0].kind == "file"
    assert "bytes of the file are missing" in str(session.damage[0])
    assert list(session.devices) == ["left", "right"]
    assert stored.packet_set(session) < whole
    of_two_pages_of_seals = 600  # which are written later than what they seal
    assert len(stored.packet_set(session)) > len(whole) * part - of_two_pages_of_seals


@pytest.mark.parametrize("length", [1, 50, 99, 100, 101, 4095, 4096, 5000])
def test_a_file_cut_off_early_is_a_sentence(sound, check, length):
    assert check(sound.read_bytes()[:length]) is None


def test_rubbish_behind_a_good_head_is_a_sentence(sound, check):
    head = sound.read_bytes()[:100]
    rng = np.random.default_rng(3)
    for _ in range(20):
        assert check(head + rng.bytes(rng.integers(40_000))) is None


def test_pages_give_the_same_rows_as_sql(sound):
    """Read both ways, long rows and their chains of pages too."""
    found = read_pages(sound.read_bytes(), PAGE, 0)
    connection = sqlite3.connect(sound)
    connection.text_factory = bytes
    for table, rows in found.items():
        query = f"SELECT * FROM {table} ORDER BY rowid"  # noqa: S608 - names of our own tables
        assert rows == connection.execute(query).fetchall()
    connection.close()


def test_pages_of_rubbish_give_nothing_and_no_error():
    rng = np.random.default_rng(4)
    for _ in range(300):
        pages = bytearray(rng.bytes(4 * 512))
        pages[512] = pages[1024] = 0x0D
        assert sum(map(len, read_pages(bytes(pages), 512, 0).values())) < 5
