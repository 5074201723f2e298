"""A judge that is asked each question once: metrics with the same yardstick share what it says."""

from collections.abc import Sequence

from harness.judges.judge import Judge, Judgement, Question, Reads


class Remembering:
    """Passes on what another judge says and keeps it as long as it lives.

    Args:
        judge: is asked what was not asked before.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[Question, Judgement] = {}

    @property
    def name(self) -> str:
        return self._judge.name

    @property
    def model(self) -> str:
        return self._judge.model

    @property
    def reads(self) -> Reads:
        return self._judge.reads

    def judge(self, questions: Sequence[Question]) -> list[Judgement]:
        unknown = [one for one in dict.fromkeys(questions) if one not in self._known]
        if unknown:
            self._known.update(zip(unknown, self._judge.judge(unknown), strict=True))
        return [self._known[one] for one in questions]
