"""Formats to be followed from an exemplar: their parts, how they are drawn, and how an answer is compared with one."""
