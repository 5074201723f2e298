"""Work is told to whoever listens, also when it fails; without a listener nothing happens."""

import pytest

from harness.machine.progress import listening, progress


class Told:
    """A listener that keeps what it hears."""

    def __init__(self):
        self.heard = []

    def began(self, work):
        self.heard.append(f"{work.title} begins at {work.done} of {work.total}")

    def moved(self, work):
        self.heard.append(f"{work.done} {work.note}".strip())

    def ended(self, work):
        self.heard.append(f"{work.title} ends")


def test_counts_and_notes_are_told():
    told = Told()
    with listening(told), progress("train", "training", 8, "rows", done=2) as work:
        work.advance(3)
        work.say("loss 0.5")
    assert told.heard == ["training begins at 2 of 8", "5", "5 loss 0.5", "training ends"]


def test_the_end_is_told_when_the_work_fails():
    told = Told()
    with pytest.raises(KeyError), listening(told), progress("answer", "answering", 8, "answers"):
        raise KeyError
    assert told.heard[-1] == "answering ends"


def test_nobody_is_told_without_a_listener_or_after_it():
    told = Told()
    with listening(told):
        pass
    with progress("answer", "answering", 8, "answers") as work:
        work.advance()
    with listening(told), listening(None), progress("answer", "answering", 8, "answers"):
        pass
    assert work.done == 1
    assert told.heard == []


@pytest.mark.parametrize(
    ("total", "before", "more", "share"), [(10, 0, 5, 0.5), (10, 5, 1, 0.2), (10, 10, 0, 1.0), (0, 0, 0, 0.0)]
)
def test_the_share_counts_from_where_an_earlier_run_stopped(total, before, more, share):
    with progress("train", "training", total, "rows", done=before) as work:
        work.advance(more)
    assert work.share == share
