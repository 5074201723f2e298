"""What the audits behind the records found: a flag each, and one line that says what was checked."""

from collections.abc import Iterator, Mapping, Sequence

from harness import audits
from harness.analysis.numbers import listed
from harness.analysis.result import Note, act
from harness.analysis.selection import SelectedRecords
from harness.audits import AuditResult
from harness.types import Record

Found = Mapping[str, Sequence[AuditResult]]
"""Arm -> what the audits of all its seeds found."""


def audit_flags(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield a note per flag; one that several arms share names them all, one of the data names none."""
    found, arms_of = _found(chosen), dict[tuple[str, str], list[str]]()
    for arm, results in found.items():
        for one in dict.fromkeys((one.name, one.flag) for one in results if one.flag):
            arms_of.setdefault(one, []).append(arm)
    for (name, flag), arms in arms_of.items():
        whose = "" if len(arms) == len(found) else f"{', '.join(arms)}: "
        yield act(_topic(name), f"{whose}{flag.rstrip('.')}")


def audit_summary(chosen: SelectedRecords) -> Note:
    """Return the line on what was checked, what of it passed, and which arms were not audited and why."""
    found = _found(chosen)
    parts = [_checked(name, found) for name in dict.fromkeys(one.name for own in found.values() for one in own)]
    parts += list(_unaudited(chosen))
    return Note("Audits", "; ".join(parts) or "nothing to audit")


def _topic(name: str) -> str:
    return name[:1].upper() + name[1:]


def _found(chosen: SelectedRecords) -> dict[str, tuple[AuditResult, ...]]:
    return {
        arm: tuple(one for record in records for one in audits.of_record(record))
        for arm, records in chosen.arms.items()
    }


def _checked(name: str, found: Found) -> str:
    """Return "replay: 56 answers in 7 arms passed"; what several arms share (data, an adapter) was checked once."""
    own = {arm: [one for one in results if one.name == name] for arm, results in found.items()}
    once = list({repr(one): one for results in own.values() for one in results}.values())
    arms = [arm for arm, results in own.items() if results]
    unit, total = once[0].unit, sum(one.checked for one in once)
    sound = sum(one.checked for one in once if not one.flag)
    where = "" if len(once) == 1 else f" in {len(arms)} arm{'' if len(arms) == 1 else 's'}"
    if not total:
        return f"{name}: nothing to check" if not any(one.flag for one in once) else f"{name}: flagged"
    if not sound:
        return f"{name}: {total:,} {unit}{where} looked at, flagged"
    if sound == total:
        return f"{name}: {total:,} {unit}{where} passed"
    return f"{name}: {sound:,} of {total:,} {unit}{where} passed, the rest is flagged"


def _unaudited(chosen: SelectedRecords) -> Iterator[str]:
    """Yield why arms have no result: made before there were audits, or without them."""
    whys: dict[str, list[str]] = {}
    for arm, records in chosen.arms.items():
        for why in dict.fromkeys(filter(None, map(_why_not, records))):
            whys.setdefault(why, []).append(arm)
    for why, arms in whys.items():
        yield why if len(arms) == len(chosen.arms) else f"{listed(arms)} {why}"


def _why_not(record: Record) -> str:
    if audits.FACT not in record.facts:
        return "not audited (records of an older version)"
    if record.spec.get("config", {}).get("audit") is False:
        return "not audited (audit=false)"
    return "" if record.facts[audits.FACT] else "without anything to audit"
