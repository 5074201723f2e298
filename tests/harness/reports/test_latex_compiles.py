"""The LaTeX tables are a document that LaTeX accepts and that fits its page, also with special characters in names."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.analysis.result import Note
from harness.cli.config import compose, costing, reports
from harness.cli.tables import compared
from harness.reports.latex import Latex
from tests.harness.reports.html.made_records import make_record, make_result

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = sorted(path.parent.parent for path in ROOT.glob("results/reference/*/*/records/last-run.json"))
DOCUMENT = r"""\documentclass{article}
\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\usepackage{textcomp}\usepackage{array,booktabs}
\begin{document}\input{table.tex}\end{document}
"""
MOST_TOO_WIDE = 2.0
"""points: less than the width of a full stop"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed"),
]


def typeset(folder, tex):
    """Return what LaTeX complains of."""
    (folder / "table.tex").write_text(tex, encoding="utf-8")
    (folder / "main.tex").write_text(DOCUMENT, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "main.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert (folder / "main.pdf").stat().st_size > 1000
    log = (folder / "main.log").read_text(errors="replace")
    wide = [float(points) for points in re.findall(r"Overfull \\[hv]box \(([\d.]+)pt", log)]
    return [one for one in wide if one > MOST_TOO_WIDE] + re.findall("Float too large.*", log)


def configured():
    return next(one for one in reports(compose([])) if isinstance(one, Latex))


@pytest.mark.parametrize("name", ["qa", '100% & $x_1$ {y} ~^#_\\ <a> [b] *c* "d" `e\''])
def test_pdflatex_accepts_the_table(tmp_path, name):
    result = make_result([make_record(arm) for arm in ("base", "rag")], title=name)
    assert typeset(tmp_path, configured().render(result.table)) == []


@pytest.mark.skipif(not SHIPPED, reason="the shipped results were cleared away")
@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.parent.name)
def test_the_tables_of_the_shipped_results_fit_their_pages(tmp_path, folder):
    table = compared(folder, costing(compose([]))).table
    assert len(table.printed_sections) > 5
    assert typeset(tmp_path, configured().render(table)) == []


def test_long_names_and_many_notes_fit_their_pages(tmp_path):
    long = "a_very_long_name_of_a_task/with-parts.and_more=parts," * 4 + "x" * 200
    notes = tuple(Note(f"{long} {place}", f"{long} and words " * 5) for place in range(30))
    result = make_result([make_record(arm) for arm in ("base", "rag", "qlora", "hybrid")], title="qa", notes=notes)
    assert typeset(tmp_path, configured().render(result.table)) == []
