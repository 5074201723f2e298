"""Links of notes hold from where the table lies."""

from harness.analysis.result import Link, Note, Section, SectionColumn, Table
from harness.reports.links import ROOT, linked
from harness.reports.markdown import Markdown
from tests.harness.reports.conftest import make_record


def table(*links):
    note = Note("Formulas", "how it is worked out", links=links)
    section = Section("cost", "Cost", (SectionColumn("arm"),), (("base",),), (note,))
    return Table("qa", "qa", "pocket", base="base", columns=(), rows=(), notes=(), sections=(section,))


def targets(found):
    return [link.target for link in found.sections[0].notes[0].links]


def test_a_link_is_relative_to_the_folder():
    made = table(Link("total", "docs/COST.md#total"))
    assert targets(linked(made, ROOT / "results/qa/pocket")) == ["../../../docs/COST.md#total"]
    assert targets(linked(made, ROOT / "results/qa/pocket/limit=8")) == ["../../../../docs/COST.md#total"]


def test_a_link_to_what_is_not_there_is_none():
    assert targets(linked(table(Link("total", "docs/NONE.md#total")), ROOT / "results")) == []


def test_no_link_leads_from_elsewhere_into_this_machine(tmp_path):
    assert targets(linked(table(Link("total", "docs/COST.md#total")), tmp_path)) == []


def test_markdown_shows_links_behind_the_text():
    made = table(Link("per 1,000", "docs/COST.md#per"), Link("total", "docs/COST.md#total"))
    text = Markdown(100).page(made, {"base": [make_record("base")]})
    assert "- **Formulas:** how it is worked out: [per 1,000](docs/COST.md#per) · [total](docs/COST.md#total)" in text
