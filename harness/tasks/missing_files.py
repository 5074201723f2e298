"""What is said of data files that are not there: which others are, and how to read what they hold."""

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from harness.tasks.asked_headings import asked_headings
from harness.tasks.files.row import TAB
from harness.tasks.formats.assertions import are_tests
from harness.tasks.knowledge.beside import some
from harness.tasks.known_columns import COMMON as COMMON_COLUMNS
from harness.tasks.known_columns import DEFAULTS
from harness.tasks.rows import PACKED, READERS
from harness.tasks.split_names import COMMON

FEW: Final = 5
"""names that a message lists"""
SPREADSHEETS: Final = (".xls", ".xlsb", ".ods", ".numbers")
"""endings of spreadsheets that are not read"""
PANDAS: Final[Mapping[str, str]] = {".feather": "read_feather", ".arrow": "read_feather", ".orc": "read_orc"}
"""endings of files of columns -> what reads one"""
DATABASES: Final = (".db", ".sqlite", ".sqlite3")
PICKLES: Final = (".pkl", ".pickle", ".joblib", ".pt")
"""files that run what they hold when they are opened"""
MARKED: Final = (".xml", ".yml", ".yaml", ".toml", ".html")
YAML: Final = (".yml", ".yaml")
LONGEST: Final = 50_000
"""bytes of a YAML file that are looked into; all of a long one would take minutes, to word a line"""
HEAD: Final = 10_000
"""bytes of a text by which rows are recognised"""
LINES: Final = 10
"""lines of it"""
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
TEXTS: Final = (".md", ".txt", ".rst", ".pdf", ".docx")
"""files that are a knowledge base, and no examples"""


def missing_file(folder: Path, role: str, name: str, endings: Collection[str] = tuple(READERS)) -> str:
    """Return the line on a file that is not there, with those that are."""
    wanted = name if Path(name).suffix.lower() in endings else f"{name}{{{','.join(endings)}}}"
    existing = sorted(path.name for path in folder.iterdir() if path.suffix.lower() in endings and is_data(path))
    there = ", ".join(existing) or what_else(folder)
    return f"{folder / wanted}: no such file exists for {role}; the folder has {there}{packed_in(folder)}"


def packed_in(folder: Path) -> str:
    """Name the files of a folder that are packed: what is missing may be one of them."""
    names = [path.name for path in sorted(folder.iterdir()) if path.suffix.lower() in PACKED]
    return f"; {', '.join(names[:FEW])} {'are' if names[1:] else 'is'} packed: unpack what is data" if names else ""


def is_data(path: Path) -> bool:
    """Return whether a file may hold rows; Excel keeps ~$NAME.xlsx beside a book that is open."""
    return path.suffix.lower() in READERS and not path.name.startswith(("~$", ".")) and not path.is_dir()


def what_else(folder: Path) -> str:
    """Return what a folder without data files has, and what would help."""
    there = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    if not there:
        return "nothing"
    inside = [path for path in there if path.is_dir() and any(map(is_data, path.iterdir()))]
    names = ", ".join(f"{path.name}/" if path.is_dir() else path.name for path in there[:FEW])
    more = f" and {len(there) - FEW} more" if len(there) > FEW else ""
    if len(inside) == 1 and (keys := _keys_of(inside[0])) and any(path.is_dir() for path in there if path != inside[0]):
        beside = "what lies beside is looked at for documents"
        return f"no data file but {names}{more}; data files lie one below: set {keys} ({beside})"
    if inside:
        where = some([f"{path.name}/" for path in inside])
        one = "" if len(inside) == 1 else ", or to another"
        return f"no data file but {names}{more}; data files lie one below, in {where}: set task.dir={inside[0]}{one}"
    asked = asked_headings(folder)
    cure = (asked and f"; {asked}") or to_save(there) or "; write rows with a column each for input and answer into one"
    return f"no file that is read as rows: {names}{more}{cure}"


def _keys_of(folder: Path) -> str:
    """Return the keys by which the files of a folder are the splits that their names mean, a single one train."""
    files = [path for path in sorted(folder.iterdir()) if is_data(path)]
    called = {split: path for path in files for split, names in COMMON.items() if words_of(path) & names}
    found = called or ({"train": files[0]} if len(files) == 1 else {})
    return " ".join(f"task.splits.{split}={folder.name}/{path.name}" for split, path in found.items())


def words_of(path: Path) -> set[str]:
    """Return the words in the name of a file."""
    return set(re.split(r"[^a-z]+", path.stem.casefold()))


def to_save(paths: Collection[Path]) -> str:
    """Return what to do with files of other kinds, that of the first; settings are rarely data."""
    for path in sorted(paths, key=lambda path: path.suffix.lower() in MARKED):
        if cure := _cure(path):
            return f"; {cure}"
    return ""


def _cure(path: Path) -> str:
    ending, made = path.suffix.lower(), path.with_suffix(".jsonl")
    if ending in SPREADSHEETS:
        return f"open {path.name} in a spreadsheet program and save it as .xlsx or CSV"
    if ending in PANDAS:
        read = f"pandas.{PANDAS[ending]}({str(path)!r})"
        code = f"import pandas; {read}.to_json({str(made)!r}, orient='records', lines=True)"
        return f"write its rows as JSON lines: python -c {shlex.quote(code)}"
    if ending in DATABASES:
        return (
            f"write a table of {path.name} as CSV: sqlite3 -csv -header {path.name} 'SELECT * FROM TABLE' > train.csv"
        )
    if ending in PICKLES:
        return f"{path.name} runs code when it is opened: if it is yours, write its rows as .jsonl or .csv"
    if ending in YAML and (cure := _cure_of_tests(path)):
        return cure
    if ending in MARKED:
        return f"write what {path.name} holds as rows of a .jsonl or .csv file, with a column each for input and answer"
    return _cure_of_text(path) if ending in TEXTS else ""


def _cure_of_tests(path: Path) -> str:
    """Return how to write tests of prompts (promptfoo) as JSON, which is read; "" for any other YAML."""
    try:
        held = yaml.safe_load(_head_of_yaml(path))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return ""
    tests = held.get("tests") if isinstance(held, dict) else held
    if not isinstance(tests, list) or not are_tests([one if isinstance(one, dict) else {} for one in tests]):
        return ""
    loaded = f"yaml.safe_load(open({str(path)!r}, 'rb'))" + "['tests']" * isinstance(held, dict)
    made = str(path.with_suffix(".json"))
    code = f"import json, yaml; json.dump({loaded}, open({made!r}, 'w'), default=str)"
    return f"{path.name} holds tests of prompts: write them as JSON, which is read: python -c {shlex.quote(code)}"


def _head_of_yaml(path: Path) -> bytes:
    """Return a file, of a long one as much as ends before an item of a list: what is cut there is YAML still."""
    with path.open("rb") as stream:
        text = stream.read(LONGEST + 1)
    if len(text) <= LONGEST:
        return text
    items = [found.start() for found in re.finditer(rb"(?m)^ *- ", text)]
    return text[: items[-1]] if items else b""


def _cure_of_text(path: Path) -> str:
    """Return what to do with a text: rows under another ending are renamed, others are a knowledge base."""
    if path.suffix.lower() == ".txt" and (ending := _ending_of_rows(path)):
        return f"{path.name} holds rows: call it {path.stem}{ending}"
    table = "write questions and answers into a table, .csv or .jsonl, with a column each"
    return f"texts such as {path.name} are a knowledge base, and hold no examples: {table}"


def _ending_of_rows(path: Path) -> str:
    """Return the ending that fits a text of JSON lines or of a table; "" for any other."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError:
        return ""
    text = head.decode("utf-16" if head[:2] in UTF_16 else "utf-8-sig", errors="replace")
    lines = [line for line in text.splitlines()[:LINES] if line.strip()]
    if len(lines) < 2:
        return ""
    if all(line.lstrip().startswith("{") for line in lines):
        return ".jsonl"
    endings = {TAB: ".tsv", ";": ".csv", "|": ".csv"}
    found = (ending for sign, ending in endings.items() if _is_table(lines, sign))
    return next(found, ".csv" * _names_columns(lines[0]))


def _names_columns(line: str) -> bool:
    """Return whether a line names columns of questions and of answers between commas, which stand in prose as well."""
    cells = {cell.strip(' "').casefold() for cell in line.split(",")}
    return all(cells & {*getattr(DEFAULTS, role), *COMMON_COLUMNS[role]} for role in ("input", "references"))


def _is_table(lines: Sequence[str], sign: str) -> bool:
    """Return whether each line has as many cells, but for the last, which may be cut."""
    return len({line.count(sign) for line in lines[:-1]}) == 1 and sign in lines[0]
