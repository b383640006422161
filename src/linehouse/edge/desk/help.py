"""Help beside each screen: what it is for, and the guides that go with it. A test asks every section for its help."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Help:
    """What the screens of a section are for, and the guides (file names below docs/how-to) that go with them."""

    text: StrOrPromise
    guides: tuple[str, ...] = ()


HELP: Final[Mapping[str, Help]] = {
    "backups": Help(
        gettext_lazy(
            "What would come back if the machine were lost: the last backups that hold this brand, how far the log of "
            "the database is archived, and what the last drill has measured. Backups and drills run by themselves or "
            "from the command line."
        ),
        ("back-up-and-restore", "upgrade"),
    ),
    "brand": Help(
        gettext_lazy(
            "Freeze the brand when nothing of it may change, and open it again. “Take everything along” exports all "
            "that the brand has in open formats."
        ),
        ("run-several-brands", "leave-with-your-data"),
    ),
    "dashboard": Help(
        gettext_lazy(
            "How the brand is doing, what waits for somebody, and what happened last. Each figure leads to the screen "
            "behind it. “Arrange” chooses the figures; until then you see those of your role."
        ),
        ("make-a-dashboard",),
    ),
    "work": Help(
        gettext_lazy(
            "Everything that waits for a person, in one list. A task shows what is known, leads to its object, and "
            "ends when the object is mended. “Try again” repeats the very act that failed."
        ),
        ("work-the-list",),
    ),
    "approvals": Help(
        gettext_lazy(
            "Changes beyond the limit of somebody's role: proposed by one person, decided by another. Nothing is "
            "changed before that."
        ),
        ("approve-changes",),
    ),
    "refunds": Help(
        gettext_lazy(
            "Unused credit that goes back to customers. Another person approves each; approved ones are given to the "
            "bank in one file, and the bank's statement closes them."
        ),
        ("give-credits-and-refunds",),
    ),
    "vouchers": Help(
        gettext_lazy(
            "Vouchers that put money on prepaid lines. A batch is made, its PINs leave the house once in an encrypted "
            "file, then it is activated and sold. Each voucher works once; a frozen batch stops all of its vouchers."
        ),
        ("vouchers", "top-up"),
    ),
    "customers": Help(
        gettext_lazy(
            "Persons and organisations that the brand serves. Find one by name, number, e-mail or telephone. The tabs "
            "of a customer hold products, usage, bills, payments, orders, messages and the history of every change."
        ),
        (
            "find-things",
            "add-your-own-fields",
            "friends-and-groups",
            "prepaid-packs",
            "thresholds",
            "limits-and-bars",
            "top-up",
        ),
    ),
    "groups": Help(
        gettext_lazy(
            "Lines, customers and organisations that call each other at a price of their own. A tariff asks for a "
            "group by its key or its word; a call stays within it when both sides belong to it at that moment."
        ),
        ("friends-and-groups",),
    ),
    "orders": Help(
        gettext_lazy(
            "Orders bring products to customers and take them back. An order goes on by itself, step by step; a step "
            "that cannot go on says why and can be tried again, for one order or for many chosen rows."
        ),
        ("look-after-orders", "find-things"),
    ),
    "interactions": Help(
        gettext_lazy(
            "Contacts with customers: calls, mails, visits. Record what was said, add notes, and plan a follow-up. "
            "A contact is never edited; what was recorded by mistake is withdrawn."
        ),
        ("record-contacts",),
    ),
    "privacy": Help(
        gettext_lazy(
            "What people ask about their own data: to see all of it, to have it put right, to be forgotten. Each "
            "request is answered within a month; its page leads through the steps and says what an erasure does."
        ),
        ("answer-people-about-their-data", "see-masked-values"),
    ),
    "privacy_retention": Help(
        gettext_lazy(
            "What has outlived the time for which it may be kept. It is swept on the 15th of each month, or now. Every "
            "personal column has its time and its purpose in the reference."
        ),
        ("answer-people-about-their-data", "keep-the-master-key"),
    ),
    "messages": Help(
        gettext_lazy(
            "What was sent to customers, with the evidence of delivery. A message that failed can be sent again, alone "
            "or with others that you choose. Quiet hours and caps hold back advertising alone."
        ),
        ("write-a-template", "connect-mail-and-sms", "find-things"),
    ),
    "catalog": Help(
        gettext_lazy(
            "What is sold, at which prices and tariffs. The catalogue is published as files in versions; a version "
            "comes into force at its time and can be withdrawn until then."
        ),
        ("change-the-catalog", "import-a-rate-deck"),
    ),
    "price": Help(
        gettext_lazy(
            "Ask what a call, a message or some data would cost, for a tariff or for a subscriber with what is left "
            "in the allowances. The answer names every rule that it rests on."
        ),
        ("change-the-catalog",),
    ),
    "usage_files": Help(
        gettext_lazy(
            "Files of the host operator with calls, messages and data. Each is kept whole, read once and reconciled: "
            "every record is priced, reported, a repeat, or waits in suspense."
        ),
        ("load-usage-files",),
    ),
    "usage_records": Help(
        gettext_lazy(
            "Every use that came in, with its price. Open a record to see why it costs what it costs, from the rule of "
            "the tariff to the line of the invoice."
        ),
        ("load-usage-files",),
    ),
    "rerating": Help(
        gettext_lazy(
            "Usage that was charged by a wrong price. First the difference, for each subscription and rule; then "
            "another person approves it; then the entries are taken back and entered anew. Invoices are left alone."
        ),
        ("correct-a-wrong-rate",),
    ),
    "suspense": Help(
        gettext_lazy(
            "Records that could not be priced, each with its reason. Correct one, send it round again, or give it up. "
            "Choose many rows to send them round at once."
        ),
        ("load-usage-files",),
    ),
    "what_if": Help(
        gettext_lazy(
            "A plan that is only a draft is tried on usage that has been: what everybody would have paid, who wins and "
            "who loses, what the network asks for it and what is left. Nothing is charged and nothing moves."
        ),
        ("try-a-plan-on-real-usage",),
    ),
    "usage_analytics": Help(
        gettext_lazy(
            "Rated usage by plan, zone, network, device or hour: what it was sold for beside what it costs. Every sum "
            "leads to its records, and the groups always sum to the whole."
        ),
        ("see-usage-and-margin",),
    ),
    "bill_runs": Help(
        gettext_lazy(
            "A run calculates the bills of all accounts whose cycle has ended. Look into a sample, approve it, then "
            "post it: only posting gives numbers, changes the ledger and sends."
        ),
    ),
    "invoices": Help(
        gettext_lazy(
            "Posted bills with their PDF and XML. Each line leads to what it rests on, down to the single record. "
            "A posted invoice is never changed; corrections are credit notes."
        ),
    ),
    "payments": Help(
        gettext_lazy(
            "Money that came in, and the invoices that it settled. What is not allocated is the customer's credit."
        ),
    ),
    "statements": Help(
        gettext_lazy(
            "Bank statements as they were uploaded. Every credit entry is matched by its reference; what cannot be "
            "matched waits here until somebody gives it to an account or sets it aside."
        ),
    ),
    "ledger": Help(
        gettext_lazy(
            "The double-entry books: accounts, the journal, and the trial balance. “Verify” checks every law of the "
            "books and shows each finding."
        ),
    ),
    "numbers": Help(
        gettext_lazy(
            "Telephone numbers in stock: on sale, reserved, in use, or resting. Numbers can be set aside and put back "
            "on sale, one by one or many at once."
        ),
        ("find-things",),
    ),
    "sims": Help(
        gettext_lazy("SIM cards in stock, and who has held each. Load a vendor's delivery file to add cards.")
    ),
    "network": Help(
        gettext_lazy(
            "What was asked of the host network for each line, and what came of it. Where the network differs from "
            "what is wanted, ask for the wanted state once more."
        ),
        ("look-after-orders",),
    ),
    "charging": Help(
        gettext_lazy(
            "The doors by which the network asks before it serves: which gateways are connected, how much they ask, "
            "how fast they are answered, and what was refused. Each session leads to its messages, masked."
        ),
        ("watch-the-network",),
    ),
    "clock": Help(
        gettext_lazy(
            "The business clock decides all that concerns money, states and validity. Moving it on runs everything "
            "that falls due on the way, in order; it never moves back."
        ),
    ),
    "jobs": Help(
        gettext_lazy(
            "Work that the house does by itself. A job that has failed says why and can be run again or given up."
        ),
    ),
    "activity": Help(
        gettext_lazy(
            "Who did what, newest first. Narrow it to a person, to a kind of act, or to one object by its number."
        ),
        ("find-things",),
    ),
    "listeners": Help(
        gettext_lazy(
            "Programs that registered at the hub of an API and are told of events as they happen, in order. What a "
            "program does not take is tried for about forty minutes, then waits here: send it again, give it up, or "
            "tell a whole time again."
        ),
        ("listen-to-events",),
    ),
    "events": Help(
        gettext_lazy("Every fact that the brand has recorded, with its payload, its cause and its place in the story."),
    ),
    "staff": Help(
        gettext_lazy("Who works for the brand, with which roles, and what each role may do."),
    ),
    "clients": Help(
        gettext_lazy(
            "Programs that use the APIs: their permissions, rates and quotas. A secret is shown once; make a new one "
            "when it is lost, and revoke the old."
        ),
    ),
    "imports": Help(
        gettext_lazy(
            "Files of customers, characteristics, numbers and cards. Say which column is which field, try the file "
            "without effect, run it, and undo it when it was wrong."
        ),
        ("import-from-files",),
    ),
    "characteristics": Help(
        gettext_lazy(
            "Fields that this brand adds to customers, products, numbers and orders. They appear on screens, in lists "
            "and in the APIs."
        ),
        ("add-your-own-fields",),
    ),
    "undo": Help(
        gettext_lazy(
            "Acts of yours that can still be taken back. Undoing is an act of its own: the history shows both."
        ),
        ("find-things",),
    ),
    "about": Help(gettext_lazy("The version, the addresses and the settings of this installation.")),
}
GENERAL: Final = Help(
    gettext_lazy(
        "Ctrl K searches everything: customers, orders, invoices, numbers, cards, payments, offerings, tasks and "
        "screens. The slash key goes to the search of a list."
    ),
    ("find-things", "work-in-your-language"),
)


def help_for(section: str) -> Help:
    """The help of a section; what concerns all screens where it has none of its own."""
    return HELP.get(section, GENERAL)
