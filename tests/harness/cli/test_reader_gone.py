"""A command whose reader goes away (`… | head`) ends quietly, after its work."""

import os
import subprocess
import sys

COMMAND = """
import pathlib, sys
from harness.cli.reader_gone import quiet_when_reader_goes

@quiet_when_reader_goes
def main():
    "Say much."
    for line in range(int(sys.argv[1])):
        print("a line of the table", line)
    pathlib.Path(sys.argv[2]).write_text("whole")
    sys.exit(int(sys.argv[3]))

main()
"""


def ended(lines, file, status, *, read):
    """Exit status and stderr of the command, whose reader closes at once or reads everything."""
    words = [sys.executable, "-c", COMMAND, str(lines), str(file), str(status)]
    buffered = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=buffered) as process:
        if read:
            process.stdout.read()
        else:
            process.stdout.close()
        errors = process.stderr.read()
    return process.returncode, errors


def test_a_reader_that_goes_leaves_no_traceback_and_a_short_command_has_written_its_file(tmp_path):
    assert ended(3, tmp_path / "table", 0, read=False) == (141, "")
    assert (tmp_path / "table").read_text() == "whole"


def test_a_reader_that_goes_in_the_middle_of_much_output_leaves_no_traceback(tmp_path):
    assert ended(20_000, tmp_path / "table", 0, read=False) == (141, "")


def test_a_reader_that_stays_gets_the_commands_own_status(tmp_path):
    assert ended(3, tmp_path / "table", 3, read=True) == (3, "")
