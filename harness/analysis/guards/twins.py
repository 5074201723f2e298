"""Arms that are one arm under two names: an edited yaml has lost what made them different."""

from collections.abc import Iterator

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.alike import every_record
from harness.analysis.result import Note, act
from harness.analysis.roles import parts_of
from harness.store.spec import canonical


def twin_guards(source: ComparisonData) -> Iterator[Note]:
    """Yield pairs of arms with the same model, prompt, retriever and adapter; arms of one's own classes apart."""
    seen: dict[tuple[int, str], str] = {}
    told = set[str]()
    for arm, record in every_record(source):
        if not parts_of(record) or arm in told:
            continue
        other = seen.setdefault((record.cell.seed, canonical(record.spec["cell"]["answers"])), arm)
        if other != arm:
            told.add(arm)
            yield act(
                "Same arm twice",
                f"{other} and {arm} are made of the same parts (model, prompt, retriever, adapter), so that one row "
                f"does not show what its name promises; look at conf/arm/{other}.yaml and conf/arm/{arm}.yaml",
            )
