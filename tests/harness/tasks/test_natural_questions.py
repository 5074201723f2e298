"""Natural Questions, in the simplified form and as on the Hub: answers by the numbers of their tokens."""

from tests.harness.tasks.whole_tasks import answers, examples, said, task_of

TEXT = "<P> The harbour of Emden has a lock . It opens at six . </P>"
PAGE = f"<H1> Harbour </H1> {TEXT} <Ul> <Li> Ferries </Li> </Ul>".split()
NONE = {"start_token": -1, "end_token": -1, "candidate_index": -1}
LONG = {"start_token": 3, "end_token": 18, "candidate_index": 0}


def asked(number, question, short, says="NONE", long=LONG):
    spans = [{"start_token": start, "end_token": end} for start, end in short]
    return {
        "example_id": number,
        "question_text": question,
        "document_text": " ".join(PAGE),
        "document_url": "https://en.example.org/w/index.php?title=Emden_harbour&oldid=7",
        "long_answer_candidates": [{"start_token": 3, "end_token": 18, "top_level": True}],
        "annotations": [{"yes_no_answer": says, "short_answers": spans, "long_answer": long, "annotation_id": 1}],
    }


ROWS = [
    asked(1, "when does the lock open", [(14, 16)]),
    asked(2, "is there a lock", [], "YES"),
    asked(3, "is the lock closed at six", [], "NO"),
    asked(4, "where is the harbour", [(7, 8), (5, 8)]),
    asked(5, "describe the harbour", []),
    asked(6, "who built it", [], long=NONE),
    asked(7, "what is it called", [(1, 2)]),
]


def on_the_hub(row):
    (one,) = row["annotations"]
    short = one["short_answers"]
    tokens = {"token": PAGE, "is_html": [token.startswith("<") for token in PAGE]}
    return {
        "id": str(row["example_id"]),
        "question": {"text": row["question_text"], "tokens": row["question_text"].split()},
        "document": {"title": "Emden harbour", "url": row["document_url"], "tokens": tokens},
        "annotations": {
            "id": ["1"],
            "long_answer": [one["long_answer"]],
            "short_answers": [{name: [own[name] for own in short] for name in ("start_token", "end_token")}],
            "yes_no_answer": [{"YES": 1, "NO": 0}.get(one["yes_no_answer"], -1)],
        },
    }


def test_short_answers_yes_and_no_are_the_references_and_none_is_no_answer(tmp_path):
    for rows in (ROWS, list(map(on_the_hub, ROWS))):
        task = task_of(tmp_path, rows)
        assert answers(task) == {
            "when does the lock open": ("at six",),
            "is there a lock": ("yes",),
            "is the lock closed at six": ("no",),
            "where is the harbour": ("Emden", "harbour of Emden"),
            "who built it": (),
            "what is it called": ("Harbour",),
        }
        assert not examples(task)["who built it"].answerable
        assert "whose only answer is a long one, a paragraph of the page (1 row)" in said(task)


def test_the_long_answer_is_the_evidence_in_a_page_without_tags(tmp_path):
    task = task_of(tmp_path, ROWS)
    (page,) = (own for own in task.data.documents if not own.example_id)
    assert page.title == "Emden harbour"
    assert "<" not in page.text
    (span,) = examples(task)["is there a lock"].spans
    assert page.text[span.start : span.end] == "The harbour of Emden has a lock . It opens at six ."
