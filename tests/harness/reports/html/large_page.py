"""A report whose texts are in files beside it, for tests: small numbers instead of thousands of examples."""

import dataclasses

from harness.cli.tables import Compared, put
from tests.harness.reports.html.made_records import make_record, make_result

LAST_WORD = "zanzibar"
"""stands in the answer to the last example alone"""


def small_files(html):
    """The report with texts beside it from 31 examples on, ten in a file."""
    return dataclasses.replace(html, rows_in_page=30, rows_in_file=10)


def large_records(n=47):
    """Three arms, one with two seeds; the word in the last answer of one."""
    records = [make_record("base", n=n), make_record("rag", n=n), make_record("qlora", 0, n=n)]
    last = records[1].predictions[-1]
    named = (*records[1].predictions[:-1], dataclasses.replace(last, text=f"{last.text} {LAST_WORD}"))
    return [records[0], dataclasses.replace(records[1], predictions=named), records[2], make_record("qlora", 1, n=n)]


def write_large(html, folder, records=None):
    """Write the report as the command line does; return the path of the page."""
    made = make_result(records or large_records())
    put(folder, [small_files(html)], Compared(made.table, made.arms))
    return folder / html.file
