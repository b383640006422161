"""What is personal of people and organisations, why it is kept, and what an erasure does to it."""

from linehouse.platform.personal.declare import (
    DataClass,
    OnErasure,
    Personal,
    Table,
    key_owner,
    not_personal,
    personal_table,
)

_CONTRACT = "to conclude and keep the contract, to bill and to reach the customer"
_PROOF = "to prove who concluded the contract"


def _key(what: DataClass, why: str = _CONTRACT) -> Personal:
    return Personal(what, why, OnErasure.KEY)


_INDEX = Personal(DataClass.IDENTIFIER, "to find the exact value without reading any", OnErasure.BLANK)

key_owner("party_individual")
key_owner("party_organization")
personal_table(
    Table(
        name="party_individual",
        room="party",
        title="Person",
        of="t.id = ANY(%(party)s)",
        shown=("created_at", "language", "state"),
        columns={
            "given_name": _key(DataClass.IDENTITY),
            "middle_name": _key(DataClass.IDENTITY),
            "family_name": _key(DataClass.IDENTITY),
            "title": _key(DataClass.IDENTITY),
            "birth_date": _key(DataClass.IDENTITY, "to know who is of age, and to tell namesakes apart"),
            "nationality": _key(DataClass.IDENTITY, _PROOF),
        },
    )
)
personal_table(
    Table(
        name="party_organization",
        room="party",
        title="Organisation",
        of="t.id = ANY(%(party)s)",
        shown=("created_at", "language", "state"),
        columns={
            "trading_name": _key(DataClass.IDENTITY),
            "legal_name": _key(DataClass.IDENTITY),
            "registration_number": _key(DataClass.IDENTITY),
            "vat_id": _key(DataClass.FINANCIAL, "to tax as the law wants"),
        },
    )
)
personal_table(
    Table(
        name="party_medium",
        room="party",
        title="How the person is reached",
        of="coalesce(t.individual_id, t.organization_id) = ANY(%(party)s)",
        shown=("kind", "valid_from", "valid_to"),
        columns={
            **dict.fromkeys(("value", "street1", "street2", "postcode", "city", "region"), _key(DataClass.CONTACT)),
            "country": Personal(DataClass.CONTACT, _CONTRACT, OnErasure.BLANK),
            "value_index": _INDEX,
        },
    )
)
personal_table(
    Table(
        name="party_identitydocument",
        room="party",
        title="Identity document",
        of="t.individual_id = ANY(%(party)s)",
        shown=("kind", "created_at"),
        columns={
            "number": _key(DataClass.DOCUMENT, _PROOF),
            "valid_until": _key(DataClass.DOCUMENT, _PROOF),
            "country": Personal(DataClass.DOCUMENT, _PROOF, OnErasure.BLANK),
            "number_index": _INDEX,
        },
    )
)
personal_table(
    Table(
        name="party_consent",
        room="party",
        title="Consent",
        of="t.party_id = ANY(%(party)s)",
        since="at",
        shown=("purpose", "channel", "given", "at", "source"),
        columns={
            "evidence": Personal(
                DataClass.FREE_TEXT, "to prove what was agreed to", OnErasure.BLANK, 36, "GDPR 7(1), proof of consent"
            )
        },
    )
)
personal_table(
    Table(
        name="personal_namesearch",
        room="party",
        title="Search for the name",
        of="t.subject = ANY(%(party)s)",
        columns={"initials": Personal(DataClass.IDENTITY, "to sort long lists by name", OnErasure.DELETE)},
    )
)
personal_table(
    Table(
        name="personal_accessentry",
        room="party",
        title="Who looked at the data",
        of="t.subject = ANY(%(party)s)",
        since="at",
        shown=("at", "actor_kind", "actor", "through", "what"),
        columns={
            "reason": Personal(
                DataClass.FREE_TEXT,
                "to account for every look at personal data",
                OnErasure.LAW,
                36,
                "GDPR 5(2), accountability",
            )
        },
        ends_whole=True,
    )
)
not_personal("personal_accessentry", "actor_kind", "actor_id", "through", "what")
not_personal("personal_namesearch", "tokens")
not_personal("personal_subjectkey", "wrapped")


personal_table(
    Table(
        name="party_subjectrequest",
        room="party",
        title="Request about one's own data",
        of="t.party_id = ANY(%(party)s)",
        since="created_at",
        shown=("number", "created_at", "kind", "state", "settled_at"),
        columns={
            "note": _key(DataClass.FREE_TEXT, "to answer what was asked"),
            "identity": _key(DataClass.FREE_TEXT, "to prove that the right person was answered"),
            "outcome": Personal(
                DataClass.FREE_TEXT, "to prove that it was answered, and how", OnErasure.LAW, 36, "GDPR 5(2)"
            ),
        },
    )
)
not_personal("party_subjectrequest", "taken_by")
personal_table(
    Table(
        name="documents_storeddocument",
        part="exports",
        room="party",
        title="Exports of one's own data",
        of="t.subject IN (SELECT r.number FROM party_subjectrequest r WHERE r.party_id = ANY(%(party)s))",
        rows="t.kind = 'privacy.export'",
        since="created_at",
        shown=("name", "created_at"),
        columns={
            "content": Personal(DataClass.CONTENT, "to hand over what was asked for", OnErasure.DELETE, 3),
        },
    )
)
