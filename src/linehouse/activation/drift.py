"""Desired state against what the network says: the difference, attribute by attribute."""

from __future__ import annotations

from linehouse.activation.values import DesiredState, Difference


def _listed(values: frozenset[str] | tuple[str, ...]) -> str:
    return ", ".join(sorted(str(v) for v in values)) or "none"


def difference(wanted: DesiredState, found: DesiredState | None) -> tuple[Difference, ...]:
    """Every attribute that differs, in a fixed order; a line that the network does not know is one difference."""
    if found is None:
        return (Difference("line", "present", "absent"),)
    pairs = (
        (
            "msisdn",
            wanted.msisdn.digits,
            found.msisdn.digits,
            wanted.msisdn.masked,
            found.msisdn.masked,
        ),
        (
            "imsi",
            wanted.imsi.digits,
            found.imsi.digits,
            wanted.imsi.masked,
            found.imsi.masked,
        ),
        (
            "iccid",
            wanted.iccid.digits,
            found.iccid.digits,
            f"…{wanted.iccid.digits[-4:]}",
            f"…{found.iccid.digits[-4:]}",
        ),
        *(
            (name, mine, theirs, mine, theirs)
            for name, mine, theirs in (
                ("services", _listed(wanted.services), _listed(found.services)),
                ("bars", _listed(wanted.bars), _listed(found.bars)),
                ("apns", _listed(wanted.apns), _listed(found.apns)),
                (
                    "speed_profile",
                    wanted.speed_profile or "none",
                    found.speed_profile or "none",
                ),
            )
        ),
    )
    return tuple(Difference(name, shown, seen) for name, mine, theirs, shown, seen in pairs if mine != theirs)
