"""`accepted:` of a tariff or an offering: warnings that stand, each with its reason and an end."""

from __future__ import annotations

from linehouse.rating.lint.findings import CHECKS, Severity
from linehouse.rating.marked import FieldSet, MarkedNode
from linehouse.rating.schema_words import DAY, KEY, TEXT, Schema, each, mapping, said, words
from linehouse.rating.values import Accepted

ACCEPTED = FieldSet("accepted warning", required=("warning", "reason", "until"), optional=("rule",))
WARNINGS = tuple(sorted(code for code, check in CHECKS.items() if check.severity is Severity.WARNING))


def read_accepted(node: MarkedNode) -> tuple[Accepted, ...]:
    """What is accepted, in order. Raises SourceTextInvalid: an error cannot be accepted, nor one warning twice."""
    found: dict[tuple[str, str], Accepted] = {}
    for item in node.items():
        given = item.mapping(ACCEPTED)
        code = given["warning"].text()
        if code in CHECKS and CHECKS[code].severity is Severity.ERROR:
            given["warning"].fail(f"{code!r} is an error and cannot be accepted", CHECKS[code].mend)
        accepted = Accepted(
            code=given["warning"].choice(WARNINGS),
            reason=given["reason"].text(),
            until=given["until"].day(),
            rule=given["rule"].key() if "rule" in given else "",
        )
        if (accepted.code, accepted.rule) in found:
            item.fail(f"{code!r} is already accepted", "one line for each warning of a rule")
        found[accepted.code, accepted.rule] = accepted
    return tuple(found.values())


def accepted_schema() -> Schema:
    """The schema of the list."""
    item = mapping(
        ACCEPTED,
        {
            "warning": said(words(WARNINGS), "the code of the warning"),
            "reason": said(TEXT, "why it stands"),
            "until": said(DAY, "the last day on which it stands"),
            "rule": said(KEY, "the rule, allowance or price concerned; otherwise all of them"),
        },
    )
    return each(item)
