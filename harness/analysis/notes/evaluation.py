"""Notes about how answers were evaluated: judges, unsupported claims, refusals in other languages, style scales."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.analysis.metric_facts import BESIDE, EXPLAINING_PREFIXES, OF_EVIDENCE, UNSUPPORTED_CLAIMS
from harness.analysis.numbers import listed, number
from harness.analysis.outcomes import answered_ids
from harness.analysis.result import Note, warning
from harness.analysis.selection import SelectedRecords
from harness.judges.trust import OVERALL, PRECISION, RECALL
from harness.store.records.stored import scores_of
from harness.text.language_id import guessed, guessed_together
from harness.text.refusal_patterns import languages
from harness.types import Record

BINARY: Final = BESIDE["faithfulness"]
"""the metric of the judge's yes or no"""
FINGERPRINT_SHOWN: Final = 12
ABSTRACTIVE: Final = 0.65
"""share of novel bigrams; the lexical judge agrees with people at .56 (BEGIN) and hardly at .77 (FRANK XSum)"""
FOREIGN_TOLERATED: Final = 0.05
"""share of texts in a language without refusal patterns up to which there is no warning"""
LEAKAGE_TOLERATED: Final = 0.1
"""mean change of a style value under other topic words up to which there is no warning"""
ENDING_TOLERATED: Final = 0.5
"""style value of a generic text with a borrowed ending up to which there is no warning"""
NEITHER_END: Final = "Neither end"
"""topic of the note that counts answers outside the range of a style scale"""


def judge_notes(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield how far people agree with each judge of the records, and its version; without any, that there is none."""
    facts = {one["fingerprint"]: one for one in _judges(chosen)}
    if not facts:
        yield Note("Judge", "none")
    for one in facts.values():
        yield Note("Judge", f"{one['name']} ({', '.join(one['metrics'])}); {_agreement(one)}")
        if BINARY in one["metrics"]:
            yield Note("Unsupported", f"{BINARY} counts {one['name']}'s yes or no on each claim; {of_unsupported(one)}")
        version = f"{one['name']}{_model(one)}, fingerprint {one['fingerprint'][:FINGERPRINT_SHOWN]}"
        yield Note("Judge version", version)
        if one.get("chosen"):
            yield Note("Judge chosen", f"judge=auto took {one['chosen']}")


def _model(judge: Mapping[str, Any]) -> str:
    """Return the model of a judge with the commit or digest of its weights, where the record has one."""
    weights = str(judge.get("weights", ""))
    if weights.startswith(f"{judge['model']}@"):
        return f", model {weights}"
    digest = f" ({weights[: len('sha256:') + FINGERPRINT_SHOWN]})" if weights else ""
    return f", model {judge['model']}{digest}" if judge["model"] else ""


def abstractive_warning(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield a warning where the judge compares words and most of the references' words are not in the evidence."""
    lexical = [one["name"] for one in _judges(chosen) if one["reads"] == "words"]
    novel = [records[0].facts.get("abstractiveness", {}).get("novel_bigrams") for records in chosen.arms.values()]
    share = next((one for one in novel if one is not None and one > ABSTRACTIVE), None)
    if lexical and share is not None:
        text = f"{share:.0%} of the references' word pairs are not in their evidence"
        advice = f"The {lexical[0]} judge compares words and says little here; choose judge=nli or judge=ragas"
        yield warning("Abstractive", f"{text}. {advice}")


def evidence_notes(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield how the evidence was found where no row states it: a warning where it is unknown and metrics need it."""
    record = next(iter(chosen.arms.values()))[0]
    provenance = record.facts.get("provenance", {})
    found = str(provenance.get("evidence", "")).removeprefix("evidence: ")
    if any(example.evidence for example in record.examples):
        if found:
            yield Note("Evidence", found)
        return
    idle = [name for name in chosen.metrics if name in OF_EVIDENCE or name.startswith(EXPLAINING_PREFIXES)]
    if idle:
        why = found or "unknown; no row names its gold documents (task.columns.evidence)"
        yield warning("Evidence", f"{why}. Without it {listed(idle)} are not applicable, and no arm is best for facts")


def claimless_notes(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield how much of each arm's unsupported claims are refusals and failures, where any are."""
    for metric in (BINARY, UNSUPPORTED_CLAIMS):
        if metric not in chosen.metrics:
            continue
        parts = {arm: _claimless_parts(records, metric) for arm, records in chosen.arms.items()}
        shares = [
            f"{arm} {number(claimless, 3)} of its {number(whole, 3)}"
            for arm, (claimless, whole) in parts.items()
            if claimless
        ]
        if shares:
            text = f"wrong refusals and failures have no claim and count by rule: {'; '.join(shares)}"
            alone = ". For answers alone see Refusals" if metric == UNSUPPORTED_CLAIMS else ""
            yield Note(f"{metric.replace('_', ' ').capitalize()} without a claim", f"{text}{alone}")


def language_warnings(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield a warning where references, or the answers of an arm, are in a language without refusal patterns."""
    examples = next(iter(chosen.arms.values()))[0].examples
    asked = guessed_together(one.text for one in examples)
    foreign = [
        f"{code} ({share:.0%} of the {name})"
        for name, texts in _texts(chosen)
        for code, share in _foreign(texts, asked)
    ]
    if foreign:
        text = f"refusals are not recognised in {', '.join(foreign)}: no rate counts these answers as given or refused"
        yield warning("Language", f"{text}. There are patterns for {', '.join(languages().values())}")


def _texts(chosen: SelectedRecords) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the references and the answers of each arm, one after the other: together they can be large."""
    examples = next(iter(chosen.arms.values()))[0].examples
    yield "references", sorted({text for one in examples for text in one.references})
    for arm, records in chosen.arms.items():
        yield f"answers of {arm}", [answer.text for record in records for answer in record.predictions]


def style_notes(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield one note per style metric of the records that has a scale."""
    for name, facts in _style_facts(chosen).items():
        text = (
            f"1 = {facts['house']:,} references of train and validation, 0 = {facts['generic']:,} texts of a generic "
            f"writer ({facts['writer']}). AUROC on unseen texts {facts['separation']:.3f}; content leakage: other "
            f"topic words change a value by {facts['leakage']:.3f} on average"
        )
        if facts.get("borrowed") is not None:
            text += f"; a generic text with the last sentence of a reference gets {facts['borrowed']:.3f} on average"
        if facts.get("lost"):
            text += f". Keeping it that low costs unseen references {facts['lost']:.3f} of their value"
        yield Note(f"{name}: scale", text)
        if outside := list(_outside(chosen, name)):
            yield Note(NEITHER_END, f"{name}: answers like neither end, which get less than .5: {', '.join(outside)}")


def style_warnings(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield a warning where a style value depends on the topic, or on the last sentence."""
    for name, facts in _style_facts(chosen).items():
        if facts["leakage"] > LEAKAGE_TOLERATED:
            text = f"{name}: other topic words alone change a value by {facts['leakage']:.2f}; compare arms with care"
            yield warning("Content leakage", text)
        if (facts.get("borrowed") or 0.0) > ENDING_TOLERATED:
            text = f"{name}: a generic text with the last sentence of a reference gets {facts['borrowed']:.2f}"
            yield warning("Borrowed endings", f"{text}. A high value may come from a closing formula alone")


def _judges(chosen: SelectedRecords) -> Iterator[Mapping[str, Any]]:
    for records in chosen.arms.values():
        for record in records:
            yield from record.facts.get("judges", ())


def _agreement(facts: Mapping[str, Any]) -> str:
    figures = [
        f"{labelled} {figure} {measured[figure]:.3f}"
        for labelled, measured in facts["agreement"].items()
        for figure in OVERALL
        if figure in measured
    ]
    if not figures:
        return "agreement with people not measured with these settings (make validate-metrics)"
    return f"agreement with people: {', '.join(figures)} (docs/VALIDITY.md)"


def of_unsupported(facts: Mapping[str, Any]) -> str:
    """Say how often people agree when the judge says unsupported, and how much of what they find so it finds."""
    figures = [
        f"{labelled} {measured[PRECISION]:.2f} and {measured[RECALL]:.2f}"
        for labelled, measured in facts["agreement"].items()
        if PRECISION in measured and RECALL in measured
    ]
    if not figures:
        return 'precision and recall of its "unsupported" not measured with these settings (make validate-metrics)'
    return f'precision and recall of its "unsupported", against people: {", ".join(figures)} (docs/VALIDITY.md)'


def _claimless_parts(records: Sequence[Record], metric: str) -> tuple[float, float]:
    """Return the share of examples that count without an answer given, and the metric's mean."""
    claimless = whole = valued = 0.0
    for record in records:
        answers = answered_ids(record)
        for score in scores_of(record.scores, metric):
            if score.value is not None:
                valued += 1
                whole += score.value
                claimless += 0.0 if score.example_id in answers else score.value
    return (claimless / valued, whole / valued) if valued else (0.0, 0.0)


def _foreign(texts: Sequence[str], asked: str) -> Iterator[tuple[str, float]]:
    """Yield the languages without patterns and their shares.

    A text too short to tell counts for that of the others, or of the questions (`asked`) where none tells.
    """
    counts = Counter(map(guessed, texts))
    unknown = counts.pop("", 0)
    if unknown:
        counts[guessed_together(texts) or asked] += unknown
    for code, count in counts.most_common():
        if code and code not in languages() and count > FOREIGN_TOLERATED * len(texts):
            yield code, count / len(texts)


def _outside(chosen: SelectedRecords, name: str) -> Iterator[str]:
    """Yield per arm how many of its answers lie outside the range of a style scale; nothing where none does."""
    for arm, records in chosen.arms.items():
        scores = [score for record in records for score in scores_of(record.scores, name)]
        read = [score.details["outside"] for score in scores if "outside" in score.details]
        if any(read):
            yield f"{arm} {sum(read):.0f} of {len(read):,}"


def _style_facts(chosen: SelectedRecords) -> Mapping[str, Mapping[str, Any]]:
    """Return the facts of each style metric that has a scale."""
    facts: dict[str, Mapping[str, Any]] = {}
    for records in chosen.arms.values():
        for record in records:
            kept = {**record.facts.get("style", {}), **record.facts.get("metrics", {})}  # "style": until 2026-11
            facts |= {name: own for name, own in kept.items() if name in record.metrics and "refused" in own}
    return {name: own for name, own in facts.items() if not own["refused"]}
