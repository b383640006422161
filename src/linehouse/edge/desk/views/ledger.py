"""The ledger: trial balance, accounts and their statements, the journal, and proof that it holds."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.assets import amount_markup
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import in_memory, paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.kernel.error import NotFound
from linehouse.ledger import service as ledger
from linehouse.ledger.chart import CHART
from linehouse.ledger.values import AccountBalance, Posted, TrialLine, account_class
from linehouse.platform.checks import Result, all_checks, verify
from linehouse.platform.worklist.findings import record_findings

MEANINGS: Final[Mapping[str, str]] = {row.key: row.meaning for row in CHART.values()}


@desk_view("ledger.read", section="ledger")
def overview(request: DeskRequest) -> HttpResponse:
    """The trial balance of each asset, the ledger's hash, and what has been verified."""
    return render(request, "desk/ledger.html", {**_balance(), "laws": all_checks(), "tabs": _tabs(request, "")})


@require_POST
@desk_view("ledger.read", section="ledger")
def verify_now(request: DeskRequest) -> HttpResponse:
    """Run every law on the brand's data, and show what was found."""
    results: list[Result] = verify()
    record_findings(results, actor=request.desk.actor)
    context = {
        **_balance(),
        "results": results,
        "green": all(result.holds for result in results),
        "laws": all_checks(),
        "tabs": _tabs(request, ""),
    }
    return render(request, "desk/ledger.html", context)


def _balance() -> dict[str, object]:
    lines = ledger.trial_balance()
    assets = sorted(
        {line.asset for line in lines}, key=lambda asset: (len(asset) != 3 or asset != asset.upper(), asset)
    )
    return {
        "assets": [_Asset(asset, [line for line in lines if line.asset == asset]) for asset in assets],
        "hash": ledger.ledger_hash(),
    }


class _Asset:
    """The trial balance of one asset."""

    def __init__(self, asset: str, lines: list[TrialLine]) -> None:
        debit, credit = sum(line.debit for line in lines), sum(line.credit for line in lines)
        self.name = asset
        self.lines = [
            (
                line.account_class,
                MEANINGS.get(line.account_class, ""),
                amount_markup(line.debit, asset),
                amount_markup(line.credit, asset),
                amount_markup(line.debit - line.credit, asset),
            )
            for line in lines
        ]
        self.debit, self.credit = amount_markup(debit, asset), amount_markup(credit, asset)
        self.holds = debit == credit


def _tabs(request: DeskRequest, current: str) -> list[dict[str, object]]:
    brand = request.desk.brand.key
    places = (
        ("", gettext("Trial balance"), "ledger"),
        ("accounts", gettext("Accounts"), "ledger_accounts"),
        ("journal", gettext("Journal"), "ledger_journal"),
    )
    return [
        {
            "key": key,
            "label": label,
            "url": reverse(f"desk:{name}", args=(brand,)),
            "current": key == current,
            "count": None,
        }
        for key, label, name in places
    ]


def account_url(brand: str, key: str, asset: str) -> str:
    """The address of an account's statement."""
    return reverse("desk:ledger_account", args=(brand,)) + "?" + urlencode({"key": key, "asset": asset})


def entry_url(brand: str, cause: str) -> str:
    """The address of an entry."""
    return reverse("desk:ledger_entry", args=(brand,)) + "?" + urlencode({"cause": cause})


@desk_view("ledger.read", section="ledger")
def accounts(request: DeskRequest) -> HttpResponse:
    """Every account with its balance."""
    brand = request.desk.brand.key
    rows = ledger.accounts()
    table = Table[AccountBalance](
        key="accounts",
        caption=gettext("Accounts"),
        columns=(
            Column("key", gettext("Account"), Kind.CODE, sort=True, link=lambda a: account_url(brand, a.key, a.asset)),
            Column("class", gettext("Class"), value=lambda a: account_class(a.key), sort=True, shown=Shown.FROM_TABLET),
            Column("asset", gettext("Asset"), sort=True),
            Column(
                "debit",
                gettext("Debit"),
                Kind.QUANTITY,
                value=lambda a: amount_markup(a.debit, a.asset),
                shown=Shown.FROM_DESKTOP,
            ),
            Column(
                "credit",
                gettext("Credit"),
                Kind.QUANTITY,
                value=lambda a: amount_markup(a.credit, a.asset),
                shown=Shown.FROM_DESKTOP,
            ),
            Column("balance", gettext("Balance"), Kind.QUANTITY, value=lambda a: amount_markup(a.balance, a.asset)),
        ),
        filters=(
            Filter(
                "class",
                gettext("Class"),
                lambda: [(k, k) for k in sorted({account_class(a.key) for a in rows})],
                lambda a: account_class(a.key),
            ),
            Filter("asset", gettext("Asset"), lambda: [(k, k) for k in sorted({a.asset for a in rows})]),
        ),
        search_label=gettext("Part of an account"),
        sort="key",
        empty=Empty(gettext("No account yet"), gettext("Accounts appear when something is posted to them."), "ledger"),
        size=50,
    )
    source = in_memory(rows, table, lambda a: f"{a.key} {a.asset}")
    return answer_list(request, table, source, context={"title": gettext("Ledger"), "tabs": _tabs(request, "accounts")})


def _journal_table(brand: str, key: str, caption: str) -> Table[Posted]:
    return Table[Posted](
        key=key,
        caption=caption,
        columns=(
            Column("position", gettext("Position"), Kind.NUMBER, sort=True, shown=Shown.FROM_DESKTOP),
            Column(
                "cause",
                gettext("Cause"),
                Kind.CODE,
                sort=True,
                link=lambda t: entry_url(brand, t.cause),
                note=lambda t: t.note,
            ),
            Column(
                "debit", gettext("Debit"), Kind.CODE, sort=True, link=lambda t: account_url(brand, t.debit, t.asset)
            ),
            Column(
                "credit", gettext("Credit"), Kind.CODE, sort=True, link=lambda t: account_url(brand, t.credit, t.asset)
            ),
            Column("amount", gettext("Amount"), Kind.QUANTITY, value=lambda t: amount_markup(t.amount, t.asset)),
            Column("business_time", gettext("Business time"), Kind.INSTANT, sort=True, shown=Shown.FROM_TABLET),
            Column("actor", gettext("By"), shown=Shown.FROM_DESKTOP),
        ),
        search_label=gettext("Part of a cause or an account") if key == "journal" else "",
        sort="-position",
        empty=Empty(
            gettext("Nothing posted yet"),
            gettext("Every movement of money and allowances is journalled here."),
            "ledger",
        ),
        size=50,
    )


@desk_view("ledger.read", section="ledger")
def journal(request: DeskRequest) -> HttpResponse:
    """Every transfer, newest first."""
    table = _journal_table(request.desk.brand.key, "journal", gettext("Journal"))
    source = paged(lambda q, offset, limit: ledger.journal(q.search, offset=offset, limit=limit), table)
    return answer_list(request, table, source, context={"title": gettext("Ledger"), "tabs": _tabs(request, "journal")})


@desk_view("ledger.read", section="ledger")
def account(request: DeskRequest) -> HttpResponse:
    """One account's statement, newest first."""
    key, asset = request.GET.get("key", ""), request.GET.get("asset", "")
    found = [row for row in ledger.accounts(key, asset) if row.key == key]
    if not found:
        raise NotFound(gettext("there is no such account"), field="account", value=key)
    table = _journal_table(request.desk.brand.key, "statement", gettext("Statement of %(key)s") % {"key": key})
    source = paged(lambda _, offset, limit: ledger.statement(key, asset, offset=offset, limit=limit), table)
    row = found[0]
    context = {
        "account": row,
        "meaning": MEANINGS[account_class(key)],
        "side": CHART[account_class(key)].side,
        "debit": amount_markup(row.debit, asset),
        "credit": amount_markup(row.credit, asset),
        "balance": amount_markup(row.balance, asset),
    }
    return answer_list(request, table, source, "desk/ledger_account.html", context, keep=("key", "asset"))


@desk_view("ledger.read", section="ledger")
def entry(request: DeskRequest) -> HttpResponse:
    """All transfers of one cause."""
    cause = request.GET.get("cause", "")
    legs = ledger.entry(cause)
    if not legs:
        raise NotFound(gettext("nothing was posted for this cause"), field="cause", value=cause)
    brand = request.desk.brand.key
    rows = [
        (
            leg,
            account_url(brand, leg.debit, leg.asset),
            account_url(brand, leg.credit, leg.asset),
            amount_markup(leg.amount, leg.asset),
        )
        for leg in legs
    ]
    return render(request, "desk/ledger_entry.html", {"cause": cause, "first": legs[0], "rows": rows})
