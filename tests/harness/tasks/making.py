"""Makes tasks and their files for the tests."""

import json
from pathlib import Path

from omegaconf import OmegaConf

from harness.cli.config import Builder, register_resolvers, resolved

CONF = Path(__file__).resolve().parents[3] / "conf" / "task"


def build_task(name, limit=None, **settings):
    """The task of a shipped yaml file with some settings changed; dots go into nodes."""
    register_resolvers()
    config = OmegaConf.create({"task": OmegaConf.load(CONF / f"{name}.yaml"), "limit": limit})
    config.task.pop("defaults")
    for key, value in settings.items():
        OmegaConf.update(config, f"task.{key.replace('__', '.')}", value, merge=False)
    builder = Builder()
    task = builder.build(resolved(config)["task"], "task")
    builder.raise_problems()
    return task


def write_lines(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def write_sheets(path, sheets):
    from openpyxl import Workbook

    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for values in [list(rows[0]), *([str(cell) for cell in row.values()] for row in rows)]:
            sheet.append(values)
    book.save(path)


def rows_of(split, count=3, **more):
    return [
        {"id": f"{split}{n}", "input": f"what is {split} {n}?", "references": [f"{split} {n}"], **more}
        for n in range(count)
    ]


def said(task):
    """All remarks of a task, a line each."""
    return "\n".join(task.remarks())


def says(*turns):
    """Turns as ShareGPT writes them."""
    return [{"from": speaker, "value": text} for speaker, text in turns]


def nested(*questions):
    """One article."""
    return {"title": "Ferry", "paragraphs": [{"context": "The ferry leaves Kiel at 9.", "qas": list(questions)}]}
