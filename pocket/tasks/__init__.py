"""The three shipped tasks, written by `python -m pocket.tasks`. Same seed, same bytes."""
