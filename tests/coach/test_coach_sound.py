"""What is heard: distinct tones, and nothing that can hurt."""

from __future__ import annotations

import sys

from insole.coach import sound
from insole.coach.model import Cue


class Recorder:
    def __init__(self):
        self.played = []

    def play(self, tones):
        self.played.append(tuple(tones))

    def close(self):
        self.played.append("closed")


class Broken(Recorder):
    def play(self, _):
        raise OSError("unplugged")


def cue(kind, speech=""):
    return Cue(0.0, kind, "", speech)


def heard(batches, *, player, voice=lambda: None):
    told = []
    one = sound.Sound(told.append, player=lambda: player, voice=voice)
    for batch in batches:
        one.take(batch)
        while not one._cues.empty():
            pass
    one.close()
    assert not one._thread.is_alive()
    return told


def test_cues_that_ask_for_different_things_sound_different():
    kinds = ("up", "lower", "round_done", "higher", "slower", "faster", "count", "no_count")
    assert len({sound.TONES[kind] for kind in kinds}) == len(kinds)


def test_samples_are_as_long_as_the_tone_and_never_too_loud():
    made = sound.samples([sound.Tone(440, 0.1), sound.Tone(0, 0.05)])
    assert len(made) == int(0.1 * sound.RATE_HZ) + int(0.05 * sound.RATE_HZ)
    assert 10_000 < max(made) < 32_767
    assert made[0] == 0


def test_what_is_urgent_is_heard_first_and_all_is_spoken():
    cues = [cue("count", "7"), cue("slower", "slower")]
    assert sound.tones_of(cues) == sound.TONES["slower"]
    assert sound.speech_of(cues) == "7. slower"
    assert sound.tones_of([cue("mark")]) == ()


def test_a_tone_is_played_and_the_player_closed():
    player = Recorder()
    assert heard([[cue("up")]], player=player) == []
    assert player.played == [sound.TONES["up"], "closed"]


def test_a_broken_sound_card_is_said_once_and_the_voice_goes_on():
    spoken = []

    def voice():
        return spoken.append

    told = []
    one = sound.Sound(told.append, player=Broken, voice=voice)
    for word in ("1", "2", "3"):
        one.take([cue("count", word)])
        while not one._cues.empty() or len(spoken) < int(word):
            pass
    one.close()
    assert spoken == ["1", "2", "3"]
    assert told == ["sound does not work (unplugged); the coach goes on without it"]


def test_a_voice_that_cannot_be_had_is_said_once():
    def voice():
        raise OSError("no such voice")

    player = Recorder()
    told = heard([[cue("up", "up")]], player=player, voice=voice)
    assert told == ["the voice does not work (no such voice); the coach goes on without it"]
    assert sound.TONES["up"] in player.played


def test_without_the_package_the_bell_rings(monkeypatch):
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    assert isinstance(sound.best_player(), sound.Bell)


def test_a_command_speaks_and_a_new_sentence_ends_the_old_one(tmp_path):
    said = tmp_path / "said"
    script = f"import sys, time; open({str(said)!r}, 'a').write(sys.argv[1]); time.sleep(60)"
    speaker = sound._Speaker((sys.executable, "-c", script))
    speaker("one")
    while not said.exists() or said.read_text() != "one":
        pass
    first = speaker._running
    speaker("two")
    assert first.poll() is not None
    speaker._running.kill()
    speaker._running.wait()
