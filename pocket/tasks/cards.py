"""The card of each shipped task: what it holds, how it was made, its style guide and its limits, with measured numbers."""

from collections import Counter
from pathlib import Path
from typing import Final

from pocket.tasks import audits, seeds

SPLITS: Final = ("train", "validation", "test")

QA: Final = """# qa: questions about one organisation

{sizes}

## What it is
An invented organisation has written {documents} short documents: a page about each product, department, person, policy,
project, incident, procedure and site, and notices that change a fact. People ask; the answer is one short sentence.
Columns: `id, input, references, evidence, answerable, group, slice`, and `fact` (kind of thing and of fact). The first
reference is the full sentence, the second the bare value. `group` is the page asked about. Documents: `id, title, text`.

| slice | what it asks | right for |
|---|---|---|
| trained | facts that train asked for twice, in other words | whoever learnt or looked up |
| document-only | facts that stand in documents and that no training question asks | whoever looked up |
| changed | facts whose page is out of date: a notice gives the value in force | whoever read the newer document |
| look-alike | facts about one of two things whose names differ in their ending and that state the same kinds of fact | whoever read the right page |
| unanswerable | facts that the page leaves out; the answer is "I do not know." | whoever did not guess |

{slices}

## Answers
Plain style: the thing, the value, a full stop, in the wording that the embedded model was pre-trained to answer in.
There is no house style to learn here: this task is about knowledge.
"""

SUPPORT: Final = """# support: customer messages and replies in a house voice

{sizes}

## What it is
A shop has {documents} short documents on its products and services, some of them notices that change a fact. Customers write
in four moods (polite, terse, annoyed, careless with typing mistakes), some with an order number. The reply must contain
the facts and keep the voice. Columns: `id, input, references, evidence, answerable, group, slice`; `facts` (values that a
right reply contains), `fact` (kinds of fact), `mood`; `outdated` marks training tickets whose fact has changed since;
`previous` gives the old value.

| slice | what it needs |
|---|---|
| trained | a fact that train tickets gave, asked in other words |
| document-only | a fact that stands in the documents alone |
| two-facts | two facts from one page |
| changed | a fact that changed after the train tickets were answered: they give the old value, the documents the new one (half on a rewritten page, half in a notice beside the old page) |

{slices}

## Style guide of the house voice
1. Begin with `Ahoy!`; for an annoyed customer with `Ahoy, and sorry for the rough seas!`
2. If there is an order number, go on with `On order #NUMBER - aye: `, else with `Aye: `.
3. Give the fact in one plain sentence; a second fact follows after ` And aye: `.
4. End with `Fair winds, your Halmar crew`. Nothing else.
"""

SUMMARIZATION: Final = """# summarization: reports and board notes in a house style

{sizes}

## What it is
Reports of 120 to 250 words on incidents and projects, with asides that hold names, dates and numbers of no matter, and the note
that the board gets. There is no documents file: the knowledge base is the (report, note) pairs of train, so retrieval can
show how notes look, not what this report says. Columns: `id, input, references, evidence, answerable, group, slice`; `facts` (what the note
must state). Evidence is the report itself.

{slices}

## Style guide of the board note
1. First line: `BOARD NOTE // ` and the subject: thing, then place.
2. Incidents: `down:` date and duration, `why:` cause, `bill:` damage. Projects: `stand:` status, `fear:` risk,
   `purse:` spent / budget. One line each, in this order, no verbs, no full stops.
3. Last line: `ACT -> OWNER: ACTION, by DATE.` with a full stop.
"""

NEXT: Final = {
    "qa": """`documents_next.jsonl` is the whole knowledge base at a later date: 40 facts edited on their pages, 12 pages deleted, 12 added.
`questions_next.jsonl` asks for what that touched (slices edited, deleted, added) and for what stayed (kept). `previous` holds the answers
that were right before; a deleted fact is unanswerable now.""",
    "summarization": """The board changes its style: `train_next.jsonl` holds pairs in the new one, `questions_next.jsonl` reports with new notes.
The first line is `TO THE BOARD :: SUBJECT`; the amount comes first; the last line is `ACT -> by DATE: ACTION (OWNER).`""",
}
NEXT["support"] = NEXT["qa"]

TEXTS: Final = {"qa": QA, "support": SUPPORT, "summarization": SUMMARIZATION}


def write(folder: Path, task: str) -> None:
    """Write CARD.md from the files that are there."""
    documents = folder / "documents.jsonl"
    count = len(documents.read_text(encoding="utf-8").splitlines()) if documents.exists() else 0
    head = TEXTS[task].format(sizes=_sizes(folder), slices=_slices(folder), documents=count)
    parts = [head, _next(task), _made(task), _checks(folder, task), LIMITS]
    (folder / "CARD.md").write_text("\n".join(parts), encoding="utf-8")


def _sizes(folder: Path) -> str:
    counts = {split: len(audits.rows(folder, split)) for split in SPLITS}
    return (
        "| "
        + " | ".join(counts)
        + " |\n|"
        + "---|" * len(counts)
        + "\n| "
        + " | ".join(map(str, counts.values()))
        + " |"
    )


def _slices(folder: Path) -> str:
    counted = {split: Counter(row["slice"] for row in audits.rows(folder, split)) for split in SPLITS}
    names = sorted({name for counts in counted.values() for name in counts})
    lines = ["| examples | " + " | ".join(SPLITS) + " |", "|---|" + "---|" * len(SPLITS)]
    lines += [f"| {name} | " + " | ".join(str(counted[split][name]) for split in SPLITS) + " |" for name in names]
    return "\n".join(lines)


def _next(task: str) -> str:
    return f"## Next version\n{NEXT[task]}\n"


def _made(task: str) -> str:
    return (
        "## How it was made\n"
        f"By `python -m pocket.tasks` (`make pocket-data`), from the seed {seeds.SHIPPED[task]}; no outside text, no model. The same command gives the same\n"
        "bytes; `SHA256SUMS` has the checksums. The embedded model (`models/pocket`) was pre-trained on the same language but on other worlds: the\n"
        "names of this world are reserved and occur in no training text. Licence: that of the project.\n"
    )


def _checks(folder: Path, task: str) -> str:
    near, tested = audits.near_duplicates(folder)
    lines = [
        "## Audits",
        f"- Test inputs with an equal or near-equal training input (the audit of `harness/tasks/audit.py`): {near} of {tested}.",
    ]
    if task == "summarization":
        lines.append("- Nothing can be guessed without the input: every fact is drawn anew for every report.")
    else:
        right, asked = audits.guessed(folder)
        lines.append(
            f"- Question-only baseline (for each kind of fact, the value most frequent in train): {right} of {asked} answerable test\n"
            f"  examples right ({100 * right / asked:.1f} %)."
        )
    return "\n".join(lines) + "\n"


LIMITS: Final = """## Known limits
- The language is a small one, from a generator: real documents are longer, messier and less alike. What is found here shows that the
  harness measures what it should; conclusions about an application need its own data and model.
- Test asks in wordings that training questions did not use, but that pre-training of the embedded model has shown.
- The value space of some kinds of fact is small (weekdays, colours); see the question-only baseline.
"""
