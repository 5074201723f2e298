"""The page as text: what it holds, that nothing in a record becomes markup, and that its bytes are fixed."""

import base64
import dataclasses
import gzip
import hashlib
import json
import os
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from harness.analysis.result import Figure, Note, Section, SectionColumn
from harness.reports.html.pictures.training import training
from tests.harness.reports.html.made_records import TRAINING, make_record, make_result

GOLDEN = Path(__file__).parent / "golden" / "report.html"
SCRIPTS = Path(__file__).resolve().parents[4] / "harness/reports/html/script"


class Page(HTMLParser):
    """Elements, attributes and the data block of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.texts, self.inside = [], [], [], []
        self.scripts, self.styles = {}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, *attribute) for attribute in attributes]
        self.inside.append((tag, dict(attributes)))

    def handle_data(self, data):
        tag, attributes = self.inside[-1] if self.inside else ("", {})
        if tag == "script":
            self.scripts[attributes.get("type", "")] = data
        elif tag == "style":
            self.styles.append(data)
        else:
            self.texts.append(data)

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop()[0] != tag:
            pass

    @property
    def data(self):
        if "application/json" in self.scripts:
            return json.loads(self.scripts["application/json"])
        return json.loads(gzip.decompress(base64.b64decode(self.scripts["application/octet-stream"])))


def rendered(html, records, **changes):
    made = make_result(records, **changes)
    return html.page(made.table, made.arms)


SECTION = Section(
    "cost",
    "What it costs",
    (SectionColumn("arm"), SectionColumn("per 1,000 answers, saturated", "USD")),
    tuple((arm, Figure(price, price / 2, price * 2)) for arm, price in (("base", 1.0), ("rag", 3.0))),
    (Note("Prices", "made up", "warning"), Note("Reading", "for the test")),
)


def test_the_bytes_are_those_that_a_person_read_and_liked(html, result):
    """With one section of its own: the others have tests of their own."""
    page = html.page(dataclasses.replace(result.table, sections=(SECTION,)), result.arms).encode()
    if os.environ.get("CUTLERY_REWRITE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_bytes(page)
    assert page == GOLDEN.read_bytes()


def test_numbers_pictures_and_command_are_there(html, result):
    page = Page(html.page(result.table, result.arms))
    text = " ".join(page.texts)
    assert "qa · pocket" in text
    assert f"{result.table.rows[1].entries[0].mean:.3f} [" in text
    assert "make experiment task=qa seed=0 'task.instruction=Answer it.'" in text
    assert "make experiment task=qa seed=1 'task.instruction=Answer it.'" in text
    for title in ("Knowledge and adaptation", "Quality and time", "by stage", "Risk and coverage", "Training loss"):
        assert title in text


def test_every_picture_says_what_it_shows_and_has_its_numbers(html, result):
    text = html.page(result.table, result.arms)
    figures = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert len(figures) == 5
    for figure in figures:
        label = re.search(r'<svg[^>]* role="img" aria-label="([^"]+)"', figure)[1]
        assert len(label) > 40
        assert "<table>" in figure
        assert "style=" not in figure


def test_judges_plan_and_how_to_reproduce_are_sections_of_their_own(html, result):
    text = html.page(result.table, result.arms)
    sections = dict(re.findall(r'<section id="([a-z]+)".*?<h2>(.*?)</h2>', text, re.DOTALL))
    assert sections["judges"] == "Validity of the judges"
    assert sections["plan"] == "The plan and environment"
    assert sections["run"] == "How to reproduce"
    judges, plan = (text.split(f'<section id="{name}">')[1].split("</section>")[0] for name in ("judges", "plan"))
    assert "<dt>Judge</dt>" in judges
    for topic in ("Task", "Model", "Seeds", "Training", "Leakage"):
        assert f"<dt>{topic}</dt>" in plan
        assert text.count(f"<dt>{topic}</dt>") == 1


def test_the_numbers_of_training_are_the_points_that_are_drawn(html):
    points = [[step, 1 / step] for step in range(1, 101)]
    facts = {"training": {**TRAINING, "train_loss": points, "validation_loss": [[50, 0.5], [100, 0.25]]}}
    records = [make_record("base"), make_record("qlora", facts=facts)]
    made = make_result(records)
    (picture,) = training(made.table, made.arms)
    (numbers,) = picture.also
    assert numbers.title == "Loss by step of qlora, training loss: one point in 3 of 100, and the last"
    assert numbers.rows[0] == ("1", "1.0000", "–")
    assert ("50", "–", "0.5000") in numbers.rows
    assert numbers.rows[-1] == ("100", "0.0100", "0.2500")
    assert "Loss by step of qlora" in html.page(made.table, made.arms)


def test_a_record_without_pictures_data_has_none(html):
    bare = [
        dataclasses.replace(
            make_record(arm, n=4),
            metrics={},
            scores=(),
            predictions=tuple(dataclasses.replace(one, spans=()) for one in make_record(arm, n=4).predictions),
            facts={},
            timings=None,
        )
        for arm in ("base", "rag")
    ]
    assert "<figure" not in rendered(html, bare)


def test_the_data_hold_every_answer_score_and_prompt(html, result):
    data = Page(html.page(result.table, result.arms)).data
    assert [arm["name"] for arm in data["head"]["arms"]] == ["base", "rag", "qlora", "hybrid"]
    assert len(data["rows"]) == 40
    for row, example in zip(data["rows"], result.arms["base"][0].examples, strict=True):
        assert row[0] == example.id
        for arm, answers in zip(result.arms.values(), row[8], strict=True):
            assert len(answers) == len(arm)
            for record, answer in zip(arm, answers, strict=True):
                prediction = next(one for one in record.predictions if one.example_id == example.id)
                assert data["texts"][answer[1]] == prediction.text
                assert "".join(data["texts"][piece] for piece in answer[4]) == "".join(prediction.prompt)
                assert [data["texts"][passage[2]] for passage in answer[3]] == [one.text for one in prediction.passages]


def test_gold_documents_are_there_for_arms_that_retrieve_nothing(html):
    records = [make_record(arm, n=6) for arm in ("base", "qlora")]
    data = Page(rendered(html, records)).data
    assert data["documents"].keys() == {f"d{number}" for number in range(6)}
    title, text = data["documents"]["d3"]
    assert (title, data["texts"][text]) == ("Lamp 3", "Lamp 3 is green. It hangs in the hall.")
    older = [dataclasses.replace(one, evidence=()) for one in records]
    assert Page(rendered(html, older)).data["documents"] == {}


def test_large_data_are_packed_and_say_the_same(html, result):
    plain = Page(html.page(result.table, result.arms))
    packed = Page(dataclasses.replace(html, pack_above_megabytes=0.001).page(result.table, result.arms))
    assert "application/octet-stream" in packed.scripts
    assert packed.data == plain.data


def test_nothing_but_our_own_script_and_style_may_run(html, result):
    page = Page(html.page(result.table, result.arms))
    (policy,) = [value for tag, name, value in page.attributes if name == "content" and "default-src" in value]
    assert "unsafe" not in policy
    for text in (page.scripts[""], page.styles[0]):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
    assert not {name for _, name, _ in page.attributes if name.startswith("on") or name in ("style", "src", "action")}
    assert all(value.startswith("#") for tag, name, value in page.attributes if name in ("href", "xlink:href"))
    assert page.tags.count("script") == 2


def test_nothing_is_loaded_from_elsewhere(html, result):
    text = html.page(result.table, result.arms)
    addresses = set(re.findall(r"https?://[\w./-]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert "@import" not in text
    assert "url(http" not in text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]></svg><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "\u202egnp.exe\u202c \u2066a\u2069 \u200b\x1b[31m\x00",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "$\\frac{a}{b}$ _x_^2 \\",
    "half \ud83d pair \u2028 line",
    "x" * 1_000_000,
]


def hostile_records(text, names):
    def own(record):
        return dataclasses.replace(
            record,
            spec={"cell": {}, "given": ["task=qa", f"x={text}"]},
            environment={"python": text, text[:50]: text},
            metrics={f"{name}{names}": {**facts, "unit": text[:200]} for name, facts in record.metrics.items()},
            scores=tuple(
                dataclasses.replace(one, metric=f"{one.metric}{names}", note=text[:100]) for one in record.scores
            ),
            predictions=tuple(
                dataclasses.replace(one, error=text[:100], prompt=(text,), finish="error" if place == 3 else one.finish)
                for place, one in enumerate(record.predictions)
            ),
            examples=tuple(dataclasses.replace(one, slice=text[:60]) for one in record.examples),
            judgements=tuple(
                dataclasses.replace(
                    one,
                    claims=tuple(dataclasses.replace(own, quote=text[:400], note=text[:50]) for own in one.claims),
                )
                for one in record.judgements
            ),
        )

    base, rag = own(make_record("base", n=6, texts=text)), own(make_record("rag", n=6, texts=text))
    return [base, dataclasses.replace(rag, cell=dataclasses.replace(rag.cell, arm=f"rag{names}"))]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_of_a_record_becomes_markup(html, text):
    short = text[:40]
    section = Section(
        "more", short, (SectionColumn(short, short), SectionColumn("n")), ((short, Figure(1.0)), ("", short))
    )
    harmless, page = (
        Page(rendered(html, hostile_records(one, one[:40]), title=one[:200], sections=(section,)))
        for one in ("x", text)
    )
    drawn = {"g", "path", "use", "defs", "clippath", "rect", "text", "br"}  # as many as a drawing has ticks
    assert [tag for tag in page.tags if tag not in drawn] == [tag for tag in harmless.tags if tag not in drawn]
    assert not {name for _, name, _ in page.attributes if name.startswith("on")}
    assert all((value or "").startswith("#") for _, name, value in page.attributes if name == "href")
    assert data_texts(page) & {text} or len(text) < 2
    shown = "".join(page.texts)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", shown)


def data_texts(page):
    return set(page.data["texts"])


@pytest.mark.slow
@pytest.mark.ci_slow
def test_a_page_of_hostile_text_is_still_a_file_of_utf8(make_page):
    for place, text in enumerate(HOSTILE):
        assert make_page(hostile_records(text, text[:40]), f"{place}.html").read_bytes().decode("utf-8")


def test_three_hundred_examples_times_five_arms_stay_small(html):
    records = [make_record(arm, n=300) for arm in ("base", "rag", "qlora", "hybrid")]
    fifth = make_record("rag", n=300)
    records.append(dataclasses.replace(fifth, cell=dataclasses.replace(fifth.cell, arm="raft")))
    assert len(rendered(html, records).encode()) < 5_000_000


def test_no_name_of_the_scripts_is_declared_twice():
    """They are one script in the page: a second function of a name would take the place of the first."""
    declared = [
        name
        for path in sorted(SCRIPTS.glob("*.js"))
        for name in re.findall(r"^(?:async )?(?:function\*?|const|let|class) (\w+)", path.read_text(), re.MULTILINE)
    ]
    assert len(declared) > 100
    assert [name for name, count in Counter(declared).items() if count > 1] == []
