"""A report with files beside it: nothing is lost between them, few texts are read at once, old files go."""

import base64
import dataclasses
import gzip
import json
import re
from collections.abc import Sequence
from itertools import chain

import pytest

from tests.harness.reports.html.large_page import large_records, small_files, write_large
from tests.harness.reports.html.made_records import make_record, make_result
from tests.harness.reports.html.test_html_report import HOSTILE, Page, hostile_records

CALL = re.compile(r'cutleryRows\("(rows-\d{4}\.js)","([0-9a-f]{12})","([A-Za-z0-9+/=]+)"\);\n')


def files_of(html, records):
    made = make_result(records)
    return dict(small_files(html).files(made.table, made.arms, {}))


def content(text):
    return json.loads(gzip.decompress(base64.b64decode(CALL.fullmatch(text)[3])))


def whole_rows(data):
    """Rows with texts instead of their numbers."""
    texts, found = data["texts"], []
    for example_id, given, *rest, answers in data["rows"]:
        own = [
            [state, texts[text], scores, *_shown(passages, prompt, texts), *more]
            for group in answers
            for state, text, scores, passages, prompt, *more in group
        ]
        found.append([example_id, texts[given] if isinstance(given, int) else given, *rest, own])
    return found


def _shown(passages, prompt, texts):
    return [[*one[:2], texts[one[2]], *one[3:]] for one in passages], [texts[piece] for piece in prompt]


def whole_documents(data):
    return {name: [title, data["texts"][text]] for name, (title, text) in data["documents"].items()}


def test_files_hold_what_a_page_of_one_file_holds(html):
    records = large_records()
    made = make_result(records)
    single = Page(html.page(made.table, made.arms)).data
    files = files_of(html, records)
    *beside, page = files
    assert (beside, page) == ([f"report.rows/rows-000{number}.js" for number in range(1, 6)], "report.html")
    parts = [content(files[name]) for name in beside]
    assert [row for part in parts for row in whole_rows(part)] == whole_rows(single)
    assert {name: text for part in parts for name, text in whole_documents(part).items()} == whole_documents(single)
    assert [len(part["rows"]) for part in parts] == [10, 10, 10, 10, 7]


def test_the_page_holds_numbers_and_no_text(html):
    records = large_records()
    made = make_result(records)
    single = Page(html.page(made.table, made.arms)).data
    files = files_of(html, records)
    data = Page(files["report.html"]).data
    side = data["side"]
    assert data["head"] == single["head"]
    assert side["hashes"] == [CALL.fullmatch(files[name])[2] for name in files if name != "report.html"]
    for (example_id, answerable, slice_name, group, arms), row in zip(data["rows"], single["rows"], strict=True):
        assert [example_id, answerable, slice_name, group] == [row[0], row[4], row[5], row[7]]
        for (state, scores, cause), answer in zip(chain(*arms), chain(*row[8]), strict=True):
            assert (side["states"][state], side["causes"][cause]) == (answer[0], answer[8])
            assert scores == [one[0] if isinstance(one, list) else one for one in answer[2]]
    assert "Which colour" not in json.dumps(data)


def test_the_order_of_a_record_is_its_own_affair(html):
    records = large_records(n=33)
    turned = records[1]
    count, scores = len(turned.examples), turned.scores
    turned = dataclasses.replace(
        turned,
        examples=turned.examples[::-1],
        predictions=turned.predictions[::-1],
        scores=tuple(one for at in range(0, len(scores), count) for one in scores[at : at + count][::-1]),
        judgements=turned.judgements[::-1],
    )
    assert files_of(html, [records[0], turned, *records[2:]]) == files_of(html, records)


class Counted(Sequence):
    """Predictions that note which of them were asked for one by one."""

    def __init__(self, items):
        self.items, self.asked = items, []

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return iter(self.items)

    def __getitem__(self, place):
        self.asked.append(place)
        return self.items[place]


def test_answers_are_read_file_by_file(html):
    made = make_result(large_records())
    predictions = Counted(made.arms["rag"][0].predictions)
    arms = {**made.arms, "rag": [dataclasses.replace(made.arms["rag"][0], predictions=predictions)]}
    files = small_files(html).files(made.table, arms, {})
    next(files)
    assert predictions.asked == list(range(10))
    next(files)
    assert predictions.asked == list(range(20))


def test_a_comparison_that_fits_has_no_files(html):
    records = [make_record(arm, n=30) for arm in ("base", "rag")]
    made = make_result(records)
    assert files_of(html, records) == {"report.html": html.page(made.table, made.arms)}


def test_only_a_page_with_files_may_load_them(html):
    files = files_of(html, large_records())
    assert "&#39; &#39;strict-dynamic&#39;; style-src" in files["report.html"]
    assert "strict-dynamic" not in files_of(html, large_records(n=30))["report.html"]
    assert "unsafe" not in files["report.html"].split("</head>")[0].split("<style>")[0]


@pytest.mark.parametrize("text", HOSTILE[:-1], ids=range(len(HOSTILE) - 1))
def test_no_text_becomes_code_of_a_file(html, text):
    made = make_result(hostile_records(text, text[:40]))
    files = dict(dataclasses.replace(html, rows_in_page=2, rows_in_file=4).files(made.table, made.arms, {}))
    parts = [content(files[name]) for name in files if name != "report.html"]
    assert any(text in part["texts"] for part in parts)


def test_files_of_an_older_larger_report_are_removed(html, tmp_path):
    beside = tmp_path / "report.rows"
    write_large(html, tmp_path)
    (beside / "notes.txt").write_text("a user's")
    (beside / ".abc.1.unfinished").write_text("of a run that was killed")
    write_large(html, tmp_path, large_records(n=35))
    assert sorted(path.name for path in beside.iterdir()) == [
        "notes.txt",
        *(f"rows-000{number}.js" for number in range(1, 5)),
    ]
    (beside / "notes.txt").unlink()
    write_large(html, tmp_path, large_records(n=30))
    assert not beside.exists()


def test_a_stopped_run_leaves_the_old_page_which_knows_its_own_files(html, tmp_path, monkeypatch):
    page = write_large(html, tmp_path)
    before = page.read_bytes()
    monkeypatch.setattr(type(html), "_page", lambda *given, **named: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_large(html, tmp_path, large_records(n=44))
    assert page.read_bytes() == before
    known = Page(before.decode()).data["side"]["hashes"]
    there = [CALL.fullmatch(path.read_text())[2] for path in sorted((tmp_path / "report.rows").iterdir())]
    assert [own == other for own, other in zip(known, there, strict=True)] == [True] * 4 + [False]
