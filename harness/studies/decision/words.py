"""The card in sentences: what to use, how surely, what would change it, what is not known, what being wrong costs."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from harness.analysis.numbers import listed
from harness.studies.decision.amounts import amount, percent
from harness.studies.decision.change_answers import answer_changes
from harness.studies.decision.change_use import RANGES
from harness.studies.decision.change_words import OF_USE, grouped_text, who
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.limits import limit_text
from harness.studies.decision.smaa import EQUAL
from harness.studies.decision.takeover import Change
from harness.studies.decision.unknowns import Unknown, overturned
from harness.studies.decision.usable import mind
from harness.studies.decision.why_words import why

PER: Final = {"questions": "day", "updates": "month"}
OF_LIMITS: Final = ("limit", "labels at hand", "documents")
SAFE: Final = 2 / 3
"""probability of being best below which nothing is recommended without saying that it is close"""
NEAREST: Final = 3
"""changes of weights that are said; all are in the table"""


def card_words(found: Evaluation, changed: Sequence[Change], missing: Sequence[Unknown]) -> Iterator[str]:
    """Yield the card, a paragraph each."""
    if first := mind(found):
        yield first
    yield _recommended(found)
    yield from _ruled_out(found)
    yield from why(found)
    if found.recommended is not None:
        yield from _changes(found, changed)
        yield from _missing(found, missing)
        yield _regret(found)


def advice(found: Evaluation) -> str:
    """Return the recommendation and what speaks against trusting it, in a paragraph."""
    return " ".join(filter(None, (_recommended(found), mind(found))))


def _recommended(found: Evaluation) -> str:
    use = f"For {found.measured.task} with the weights of {found.decision.name} ({found.decision.says})"
    if found.recommended is None:
        return f"No arm can be recommended: none keeps the limits. {use}."
    arm, score = found.arms[found.recommended], amount(float(found.scores[found.recommended]))
    if found.runner_up is None:
        return f"Use {arm}: no other arm keeps the limits. {use}; expected utility {score} of 1."
    second = found.arms[found.runner_up]
    first = f"{arm} is the best arm with a probability of {percent(found.first[arm])}"
    text = f"Too close to call: {first}" if too_close(found) else f"Use {arm}: {first.replace(arm, 'it', 1)}"
    choose = f"; to choose now, take {arm}" if too_close(found) else ""
    text += f", {second} with {percent(found.first[second])}{choose}. {use}; expected utility of {arm} {score} of 1"
    text += f", of {second} {amount(float(found.scores[found.runner_up]))}."
    more = found.first[second] > found.first[arm]
    return f"{text} {second} is best more often, and by less." if more else text


def too_close(found: Evaluation) -> bool:
    """Return whether the recommended arm is no safe choice: it is the best one in fewer than two of three draws."""
    return found.recommended is not None and found.first[found.arms[found.recommended]] < SAFE


def _ruled_out(found: Evaluation) -> Iterator[str]:
    if found.kept.ruled_out:
        yield f"Ruled out: {'; '.join(f'{arm}, as {why}' for arm, why in found.kept.ruled_out.items())}."
    for name, arms in found.kept.unchecked.items():
        limit, currency = found.decision.limits_set()[name], found.measured.currency
        text = f"Nothing shows that {listed(arms)} keep {limit_text(found.decision, name, limit, currency)}"
        yield f"{text}: it was not measured ({found.measured.wanted[name]})."


def _changes(found: Evaluation, changed: Sequence[Change]) -> Iterator[str]:
    weights = sorted((one for one in changed if one.kind == "weight"), key=_step)[:NEAREST]
    text = grouped_text(found, weights)
    answers = answer_changes(found)[:NEAREST]
    yield _other_answers(found)
    yield f"Other weights (shares of all) would change it: {text}." if text else "No weight alone would change it."
    if text := grouped_text(found, [one for one in changed if one.kind in OF_LIMITS]):
        yield f"So would limits: {text}."
    yield from _of_use(found, [one for one in changed if one.kind in OF_USE])
    others = [one for one in changed if one.kind != "weight"]
    yield from _at_chance(found, [*(one.arm for one in answers), *(one.arm for one in (*weights, *others))])


def _at_chance(found: Evaluation, arms: Sequence[str | None]) -> Iterator[str]:
    """Yield which arm that takes over is at chance: being fast and cheap makes it the best, and not its answers."""
    for arm, floor in found.measured.at_floor.items():
        if arm in arms:
            yield f"{arm} is {floor.text}. {floor.taking_over}"


def _other_answers(found: Evaluation) -> str:
    """Return which single answer would change the choice; that is what a reader gives, in place of weights."""
    if found.decision.weights:
        return "Weights are given in place of answers."
    own = answer_changes(found)
    if not own:
        return "No other answer to a single question would change it."
    groups: dict[str, list[str]] = {}
    for one in own[:NEAREST]:
        text = f"if “{one.question}” is answered with {one.answer} (now {one.now})"
        groups.setdefault(who(found, one.arm), []).append(text)
    text = "; ".join(f"{name} {listed(when, 'or')}" for name, when in groups.items())
    more = f"; and {len(own) - NEAREST} more single answers would change it" if len(own) > NEAREST else ""
    return f"Another answer would change it: {text}{more}."


def _of_use(found: Evaluation, changed: Sequence[Change]) -> Iterator[str]:
    use = found.decision.use
    looked = {"questions": use.questions_per_day > 0, "updates": use.updates_per_month > 0}  # from 0 on nothing grows
    still = [
        f"{name} a {PER[name]} ({_range(name)})"
        for name in RANGES
        if looked[name] and not any(one.kind == name for one in changed)
    ]
    text = f"So would another use: {grouped_text(found, changed)}." if changed else ""
    none = f"No number of {' or '.join(still)} would change it." if still else ""
    if text or none:
        yield f"{text} {none}".strip()


def _range(name: str) -> str:
    low, high = next(ends for kind, ends in RANGES.items() if kind == name)
    return f"{amount(low)} to {amount(high)}"


def _step(change: Change) -> float:
    """Return how large the change of a weight is: by how much it moves."""
    return abs((change.at or 0.0) - (change.now or 0.0))


def _missing(found: Evaluation, missing: Sequence[Unknown]) -> Iterator[str]:
    if not missing or found.recommended is None:
        return
    each, together = [one for one in missing if one.criterion], missing[-1]
    arm = found.arms[found.recommended]
    names = [f"{found.decision.criteria[one.criterion].title}{_of(found, one)}" for one in each]
    yield (
        f"Not measured, {percent(together.weight)} of the weight: {listed(names)}. The probabilities "
        f"above count it as anything from worst to best; once it is known, {arm} may be best with anything between "
        f"{percent(together.low)} and {percent(together.high)}."
    )
    yield _first_to_know(found, each)


def _first_to_know(found: Evaluation, each: Sequence[Unknown]) -> str:
    """Return what is worth most to know of what a run can show; what no run shows is said to be so."""
    never, titles = found.measured.unmeasurable, found.decision.criteria
    shown = [one for one in each if one.criterion not in never]
    beyond = "".join(
        f" Of {titles[one.criterion].title}, {never[one.criterion]}." for one in each if one.criterion in never
    )
    if shown and shown[0].worth > 0.0:
        name = shown[0].criterion
        return f"Worth most to know first: {titles[name].title} ({found.measured.wanted[name]}).{beyond}"
    all_could = "; all of them together could" if len(each) > 1 and overturned(found) else ""
    return f"No single one of these measurements would change the choice{all_could}.{beyond}"


def _of(found: Evaluation, one: Unknown) -> str:
    """Return of which arms a criterion was not measured; "" for all."""
    return "" if len(one.arms) == len(found.arms) else f" (of {listed(one.arms)})"


def _regret(found: Evaluation) -> str:
    """Return what it costs to be wrong, in utility and on the scale of what weighs most."""
    arm = found.arms[found.recommended or 0]
    lost = found.regret[found.regret > EQUAL]
    if not len(lost):
        return f"{arm} is the best arm in every draw."
    text = f"{arm} is not the best arm in {percent(len(lost) / len(found.regret))} of the draws"
    text += f": there it lacks {amount(float(lost.mean()))} of utility to the best one on average"
    high = float(np.quantile(found.regret, 0.95))
    if high == 0.0:
        return f"{text}."
    heaviest = int(np.argmax(found.weights))
    name, weight = found.decision.criteria[found.criteria[heaviest]].title, float(found.weights[heaviest])
    same = f"as much as {amount(high / weight)} on the scale of {name} from 0 to 1"
    return f"{text}. In 95 % of all draws it lacks at most {amount(high)}: {same}."
