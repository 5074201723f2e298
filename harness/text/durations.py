"""Lengths of time as people say them."""

from typing import Final

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def about(seconds: float) -> str:
    """Return a length of time that is not known exactly: "30 seconds", "9 minutes", "2 h 20 min", "3 days"."""
    if seconds <= 1.5 * MINUTE:
        step = 5 if seconds < 30 else 10
        return f"{max(step, step * round(seconds / step))} seconds"
    if seconds < 90 * MINUTE:
        return f"{round(seconds / MINUTE)} minutes"
    if seconds < 2 * DAY:
        hours, minutes = divmod(round(seconds / (10 * MINUTE)) * 10, 60)
        return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{round(seconds / HOUR)} hours"
    return f"{round(seconds / DAY)} days"


def clock(seconds: float) -> str:
    """Return a length of time as a clock shows it: "0:07", "12:30", "1:02:03"."""
    minutes, left = divmod(int(seconds), MINUTE)
    hours, minutes = divmod(minutes, MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
