"""The LaTeX table is a document that LaTeX accepts, also with names that hold its special characters."""

import shutil
import subprocess

import pytest

from harness.reports.latex import Latex
from tests.harness.reports.html.made_records import make_record, make_result

DOCUMENT = r"""\documentclass{article}
\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\usepackage{textcomp}\usepackage{booktabs}
\begin{document}\input{table.tex}\end{document}
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("name", ["qa", '100% & $x_1$ {y} ~^#_\\ <a> [b] *c* "d" `e\''])
def test_pdflatex_accepts_the_table(tmp_path, name):
    result = make_result([make_record(arm) for arm in ("base", "rag")], title=name)
    (tmp_path / "table.tex").write_text(Latex(width=100).render(result.table), encoding="utf-8")
    (tmp_path / "main.tex").write_text(DOCUMENT, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "main.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "main.pdf").stat().st_size > 1000
