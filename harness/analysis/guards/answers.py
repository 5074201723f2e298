"""Answers of one arm: all alike, cut off nearly always, or longer and shorter than the limit that all arms share."""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.alike import ENOUGH, answered, every_record, known_evidence, most_frequent, quoted
from harness.analysis.outcomes import refused_ids
from harness.analysis.result import Note, act
from harness.types import CUT_OFF, Prediction, Record

ALIKE: Final = 0.95
"""share of the answers with the very same text from which on they are called all alike"""
REFERENCES_ALIKE: Final = 0.8
"""share of the references with the very same text from which on equal answers are no surprise"""
NEARLY_ALL: Final = 0.9
"""share of cut-off answers from which on the model does not stop by itself"""
REPETITIVE: Final = 0.3
"""share of different words in a cut-off answer below which it repeats itself"""
PACKED: Final = 0.3
"""share of its bytes that a cut-off answer takes when packed, below which it repeats letters; prose takes half"""
CYCLING: Final = 12
"""characters of a cut-off answer from which on a cycle in it is one: "no, no, no" is said by people"""
CYCLES: Final = 4
"""times that a cycle stands in the second half of such an answer, at least"""
LONGEST_CYCLE: Final = 200
"""characters of a cycle that is looked for"""
FEW_SIGNS: Final = 3
"""different characters of an answer that holds nothing else"""
TABLE_RULE: Final = re.compile(r"^[ |:+-]*-{2,}[ |:+-]*$", re.MULTILINE)
"""the line under a table's header, which repeats itself and ends"""
ENDING: Final = 0.5
"""share of cut-off answers up to which an arm's model ends its turns: then the stop tokens are right"""
WORDS_PER_TOKEN: Final = 0.6
"""of an answer, at most, as a rule: a reference with more words per token of the limit does not fit into it"""
FAR_FROM_LIMIT: Final = 0.9
"""share of the limit that a cut-off answer reaches, whoever counts the tokens"""


def answer_guards(source: ComparisonData) -> Iterator[Note]:
    """Yield the arms whose answers do not depend on the question, do not end, or obey another limit."""
    for arm, records in source.records.items():
        yield from _all_alike(source, arm, records)
        yield from never_stops(source, arm)
    limits = {_limit(record): arm for arm, record in every_record(source) if _limit(record) is not None}
    if len(limits) > 1:
        text = ", ".join(f"{arm} {limit:,}" for limit, arm in limits.items())
        yield act("Limit", f"arms had other limits of new tokens ({text}); run them again with one task.max_new_tokens")
    for arm, record in every_record(source):
        yield from _other_limit(arm, record)


def never_stops(source: ComparisonData, arm: str) -> Iterator[Note]:
    """Yield a flag that names the stop tokens where nearly every answer is cut off, and no other arm's answers end."""
    records = source.records[arm]
    cut, given = _cut_off(records), sum(len(answered(record)) for record in records)
    if given < ENOUGH or cut < NEARLY_ALL or _limit_is_low(records[0]) or others_end(source, arm):
        return
    form: Mapping[str, object] = records[0].facts.get("format", {})
    stops = form.get("stop_tokens")
    tokens = f"stop tokens ({', '.join(map(str, stops))})" if isinstance(stops, list) and stops else "stop tokens"
    template = f"chat template ({form['chat_template']})" if "chat_template" in form else "chat template"
    text = f"{arm}: {100 * cut:.0f} % of the answers were cut off: the model does not stop by itself"
    yield act(
        "Cut off",
        f"{text}. Its {tokens} or its {template} are not those it was trained with, or it never learnt to end an "
        "answer. Set model.stop_tokens, or take the chat model's own tokenizer files; longer answers would be cut off, "
        "too",
    )


def others_end(source: ComparisonData, arm: str) -> bool:
    """Return whether another arm's answers end, so that stop tokens and chat template are those of the model."""
    return any(_cut_off(records) <= ENDING for other, records in source.records.items() if other != arm)


def _cut_off(records: Sequence[Record]) -> float:
    """Return the share of the answers that did not end by themselves."""
    given = [one for record in records for one in answered(record).values()]
    return sum(one.finish in CUT_OFF for one in given) / max(1, len(given))


def _limit_is_low(record: Record) -> bool:
    """Whether half of the references have more words than the limit has room for: then it is the limit that cuts."""
    limit, lengths = _limit(record), [len(one.references[0].split()) for one in record.examples if one.references]
    return limit is not None and bool(lengths) and median(lengths) > WORDS_PER_TOKEN * limit


def _limit(record: Record) -> int | None:
    limit = record.spec.get("cell", {}).get("answers", {}).get("max_new_tokens")
    return limit if isinstance(limit, int) else None


def repetitive(predictions: Sequence[Prediction]) -> bool:
    """Return whether most cut-off answers say the same words, or write the same letters, again and again."""
    looping = [is_loop(one) for one in predictions if one.finish in CUT_OFF]
    return sum(looping) > len(looping) / 2


def is_loop(cut_off: Prediction) -> bool:
    """Return whether an answer that was cut off repeats itself, so that no higher limit would end it."""
    text = TABLE_RULE.sub("", cut_off.text[:5000]).casefold()
    return cut_off.finish == "loop" or _loops(text) or _cycles(text)


def _loops(text: str) -> bool:
    words, plain = re.findall(r"\w+", text), text.encode(errors="replace")
    return len(set(words)) < REPETITIVE * len(words) or len(zlib.compress(plain)) < PACKED * len(plain)


def _cycles(text: str) -> bool:
    """Return whether the better part of a text is one run of letters or signs over and over, or hardly any letters.

    Short answers are no smaller when packed, and "19191919" or "((((" has one word or none.
    """
    if len(text) < CYCLING:
        return False
    if len(set(text)) <= FEW_SIGNS:
        return True
    least = len(text) // 2
    cycles = range(1, min(LONGEST_CYCLE, least // CYCLES) + 1)
    return any(text[-least:][cycle:] == text[-least:][:-cycle] for cycle in cycles)


def _all_alike(source: ComparisonData, arm: str, records: Sequence[Record]) -> Iterator[Note]:
    texts = [one.text.strip() for record in records for one in answered(record).values() if not one.failed]
    text, count = most_frequent(texts)
    wanted = [example.references[0] for example in source.examples if example.references]
    if len(texts) < ENOUGH or count < ALIKE * len(texts) or most_frequent(wanted)[1] > REFERENCES_ALIKE * len(wanted):
        return
    if _refuses_for_good_reason(source, arm, records):
        return
    yield act(
        "Same answer",
        f"{arm}: {count:,} of {len(texts):,} answers are {quoted(text)}. The question does not reach the model "
        "(prompt, chat template, a cut input), its adapter was trained on wrong labels, or it knows no other answer",
    )


def _refuses_for_good_reason(source: ComparisonData, arm: str, records: Sequence[Record]) -> bool:
    """Whether the answers are refusals of a model that saw no gold document, or whose adapter left it as it was."""
    role = source.roles[arm]
    twins = [one for one, of in source.roles.items() if not of.adapted and of.retrieves == role.retrieves]
    if not _always_refuses(records):
        return False
    if role.adapted:
        return any(_always_refuses(source.records[twin]) for twin in twins)
    return not any(map(_saw_gold, records))


def _always_refuses(records: Sequence[Record]) -> bool:
    refused = sum(len(refused_ids(record)) for record in records)
    return refused >= ALIKE * sum(not one.failed for record in records for one in answered(record).values())


def _saw_gold(record: Record) -> bool:
    known, found = known_evidence(record.examples), answered(record)
    return any(ids & {one.document_id for one in found[key].passages} for key, ids in known.items() if key in found)


def _other_limit(arm: str, record: Record) -> Iterator[Note]:
    limit = _limit(record)
    counted = {key: _written(one) for key, one in answered(record).items()}
    cut = [key for key, one in answered(record).items() if one.finish == "length" and counted[key]]
    if limit is None:
        return
    long = [key for key, tokens in counted.items() if tokens > limit / FAR_FROM_LIMIT]
    short = [key for key in cut if counted[key] < limit * FAR_FROM_LIMIT]
    if odd := long or short:
        text = f"{arm}: an answer of {counted[odd[0]]:,} tokens {'is longer than' if long else 'was cut off below'}"
        yield act(
            "Limit",
            f"{text} the {limit:,} tokens that all arms share ({len(odd):,} of {len(counted):,}, first {odd[0]}). It "
            "was given under another limit; run the arm again into an empty store (store=FOLDER)",
        )


def _written(prediction: Prediction) -> int:
    """Return the tokens of an answer; 0 where a server counted, or estimated, by a tokenizer that may be another."""
    return sum(span.tokens_out for span in prediction.spans if span.device != "server")
