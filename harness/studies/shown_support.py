"""Where the passages that support an answer stand in the prompt that the model read."""

from collections.abc import Iterator, Sequence

from harness.studies.data import StudyData
from harness.types import PLACES, Example, Place, Prediction


def supports(question: Example, answer: Prediction) -> list[bool]:
    """Return, of each passage that a prompt shows, whether it is of a gold document or says the same as one."""
    texts = {one.text for one in answer.passages if one.document_id in question.evidence}
    return [one.text in texts for one in answer.passages]


def order_read(answer: Prediction) -> list[int]:
    """Return the places of the passages in the order in which the prompt's text holds them.

    That is 0, 1, 2 … for a prompt that shows them as the record lists them. [] where the text of one is not in the
    prompt. Of a prompt that was not kept the list is all that is known.
    """
    prompt = "".join(answer.prompt)
    if not prompt:
        return list(range(len(answer.passages)))
    if _in_turn(prompt, [one.text for one in answer.passages]):
        return list(range(len(answer.passages)))
    found = [prompt.find(one.text) for one in answer.passages]
    return [] if -1 in found else sorted(range(len(found)), key=found.__getitem__)


def _in_turn(prompt: str, texts: Sequence[str]) -> bool:
    """Return whether a prompt holds these texts one behind the other; one may stand inside of another as well."""
    at = 0
    for text in texts:
        at = prompt.find(text, at)
        if at < 0:
            return False
        at += len(text)
    return True


def read_flags(question: Example, answer: Prediction) -> list[bool]:
    """Return whether each passage supports, in the order in which the model read them."""
    own = supports(question, answer)
    return [own[at] for at in order_read(answer)]


def can_move(flags: Sequence[bool]) -> bool:
    """Return whether a prompt has a middle: it shows the support and two other passages at least."""
    return any(flags) and len(flags) - sum(flags) >= 2


def stands(flags: Sequence[bool], place: Place) -> bool:
    """Return whether the support stands together at a place of the prompt, others on the sides that this leaves."""
    first = flags.index(True)
    together = all(flags[first : first + sum(flags)])
    before, after = first, len(flags) - first - sum(flags)
    sides = {"first": before == 0, "middle": min(before, after) > 0, "last": after == 0}
    return together and sides[place]


def retrieving(data: StudyData) -> Iterator[str]:
    """Yield the arms that search; controls show what was chosen for them."""
    return (arm for arm, role in data.roles.items() if role.retrieves and not role.control)


def answers_of(data: StudyData, level: str) -> Iterator[tuple[str, Example, Prediction]]:
    """Yield arm, question and answer of all runs of the arms that search under a level."""
    for arm in retrieving(data):
        for record in data.records(level, arm):
            for question, answer in zip(record.examples, record.predictions, strict=True):
                yield arm, question, answer


def why_not_asked(data: StudyData, levels: Sequence[str], what: str) -> str:
    """Return why nothing was asked under some levels though nothing is wrong; "" where it should have been.

    Args:
        data: of the study.
        levels: those with the change; [] for a budget, or arms, without it.
        what: they do, for the sentence.
    """
    if not levels:
        return f"no condition {what} here"
    names = {made.name for made in data.conditions if made.level in levels}
    reasons = list(dict.fromkeys(why for (name, _), why in data.left_out.items() if name in names))
    return reasons[0] if reasons and not any(key[0] in names for key in data.cells) else ""


def place_levels(data: StudyData) -> dict[Place, str]:
    """Return the levels with the right passage first, in the middle and last, of those that are in the study."""
    found = {place: data.level_with({"change": "passage order", "place": place}) for place in PLACES}
    return {place: level for place, level in found.items() if level is not None}


def noise_levels(data: StudyData) -> dict[float, str]:
    """Return the share of distractors -> its level, smallest first."""
    own = [level for level in data.levels if data.settings(level).get("change") == "distractors"]
    return dict(sorted((float(data.settings(level)["share"]), level) for level in own))
