"""The reference page of personal data: every declared column."""

from __future__ import annotations

from linehouse.platform.personal.declare import Table, tables


def personal_data_page() -> str:
    """The text of the page."""
    lines = [
        "# Personal data",
        "",
        "This page is made from the code by `linehouse dev docs`; do not edit it.",
        "",
        "Every column that tells of a person, why it is there, how long, and what an erasure does. A test refuses a",
        "column that is not declared. Columns of a table's history are treated like the table's own.",
        "",
        "- *destroy key*: unreadable in the row, its history and every backup, at once.",
        "- *blank*: emptied in the row and its history. *delete row*: the row goes.",
        "- *keep by law*: stays readable for whoever may see it, until its months are over.",
        "- *pseudonym stays*: it names a line, a card or a place; whose it was cannot be told any more.",
        "",
    ]
    rooms: dict[str, list[Table]] = {}
    for table in tables():
        rooms.setdefault(table.room, []).append(table)
    for room, found in sorted(rooms.items()):
        lines += [f"## {room}", ""]
        for table in found:
            lines += [f"### {table.title} (`{table.key}`)", ""]
            lines += ["| column | class | why | kept | erasure |", "| --- | --- | --- | --- | --- |"]
            for name, column in table.columns.items():
                kept = f"{column.months} months" if column.months else "while the person is known"
                basis = f" ({column.basis})" if column.basis else ""
                lines.append(
                    f"| `{name}` | {column.what.value} | {column.why} | {kept}{basis} | {column.erasure.value} |"
                )
            lines.append("")
    return "\n".join(lines)
