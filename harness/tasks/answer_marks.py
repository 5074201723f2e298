"""What stands in references for a program or a trained model alone: marks of the end, numbers for labels, a worked way.

Said, as an arm that is not trained cannot know it, and is scored against it all the same.
"""

import re
from collections.abc import Sequence
from typing import Final

from harness.types import Example

FEWEST: Final = 10
"""references, of which so many differ, by which a mark is known"""
MOST: Final = 0.8
END: Final = re.compile(r"[^\w\s.?!)\]}\"'%€$£]{2,5}|<[^<>\s]{1,20}>|\[?(?:END|STOP|EOS|DONE)\]?")
"""a last word that only says that the answer ends"""
RESULT: Final = re.compile(r"^#{3,4} +\S", re.MULTILINE)
"""a line with the result behind the way to it"""
CODE: Final = re.compile(r"-?\d{1,3}")
MOST_CODES: Final = 30


def mark_remarks(examples: Sequence[Example], labelled: bool) -> dict[str, str]:
    """Return kind of remark -> line; "" where there is nothing to say.

    Args:
        examples: of all splits.
        labelled: whether the references are labels.
    """
    texts = [own.references[0] for own in examples if own.references]
    return {
        "end mark": _end_mark(texts),
        "result mark": _result_mark(texts),
        "codes": _codes(texts) if labelled else "",
    }


def _end_mark(texts: Sequence[str]) -> str:
    last = {text.split()[-1] if len(text.split()) > 1 else "" for text in texts}
    mark = next(iter(last)) if len(last) == 1 and len(set(texts)) >= FEWEST else ""
    if not END.fullmatch(mark):
        return ""
    return (
        f"all {len(texts):,} references end with {mark!r}, which looks like a mark of the end: arms that are not "
        "trained cannot write it, and exact_match counts that as wrong; take it out of the answers"
    )


def _result_mark(texts: Sequence[str]) -> str:
    held = [found[0].strip() for text in texts if (found := RESULT.search(text))]
    if len(held) < max(FEWEST, MOST * len(texts)):
        return ""
    return (
        f"{len(held):,} references give a way and, behind {held[0].split()[0]!r}, the result: answers are compared "
        "with both; where the result alone counts, put it into a column of its own, task.columns.references=[COLUMN]"
    )


def _codes(texts: Sequence[str]) -> str:
    codes = sorted(set(texts), key=lambda text: (len(text), text))
    if not codes or not all(map(CODE.fullmatch, codes)) or len(codes) > MOST_CODES:
        return ""
    none = "; -1 often means that there is no label: leave such rows out" if "-1" in codes else ""
    return (
        f"the labels are numbers ({', '.join(codes[:5])}{', …' if codes[5:] else ''}): what they mean stands in no "
        f"question, so that arms that are not trained guess; write their names instead, or into task.instruction{none}"
    )
