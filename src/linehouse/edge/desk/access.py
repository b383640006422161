"""The door of every desk screen: who is it, which brand, may they — and only then is the brand's data open."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django_stubs_ext import StrOrPromise

from linehouse.catalog import service as catalog
from linehouse.catalog.errors import NothingPublished
from linehouse.catalog.values import BrandProfile
from linehouse.edge.desk import nav
from linehouse.edge.desk.guides import guide_file, guide_title
from linehouse.edge.desk.help import GENERAL, Help, help_for
from linehouse.edge.desk.refusals import page_of
from linehouse.edge.ui.look import Shown, shown
from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.access import service as access
from linehouse.platform.access.errors import NotAllowed
from linehouse.platform.access.grants import Denied, Held, Sight, decide
from linehouse.platform.access.models import User
from linehouse.platform.access.ownership import bound_to_dealer
from linehouse.platform.access.policy import FIELD_GROUPS, SENSITIVE, owned
from linehouse.platform.approval.reading import undecided_by_others
from linehouse.platform.clock.service import ClockState, clock_state
from linehouse.platform.control.models import Brand
from linehouse.platform.postgres.databases import serves
from linehouse.platform.scope import brand_scope
from linehouse.platform.work import Actor
from linehouse.platform.worklist import reading
from linehouse.platform.worklist.kinds import visible_kinds

BEFORE_A_CATALOGUE: Final = ZoneInfo("UTC")
"""The zone of a brand that has not published anything yet."""


@dataclass(slots=True)
class Desk:
    """What a screen knows of its reader and its brand."""

    brand: Brand
    user: User
    held: Held
    section: str
    zone: ZoneInfo
    clock: ClockState
    several: bool
    look: Shown | None = None

    @property
    def permissions(self) -> frozenset[str]:
        """Everything that the reader may do here."""
        return self.held.permissions

    def sight(self, group: str) -> Sight:
        """How the reader sees a field group, such as ``customer.personal``."""
        return self.held.sight(group)

    @property
    def sees(self) -> dict[str, str]:
        """For templates: ``desk.sees.customer_financial`` is plain, masked or hidden."""
        return {group.replace(".", "_"): self.held.sight(group).value for group in FIELD_GROUPS}

    def require_search(self, text: str) -> None:
        """Raise NotAllowed where a search is by contact data that the reader does not see plainly.

        What is found would tell what is not shown.
        """
        if is_contact(text) and self.sight("customer.personal") is not Sight.PLAIN:
            raise NotAllowed(
                gettext("your role does not see e-mail addresses and telephone numbers, so it cannot search by them"),
                field="q",
                expected=gettext("a name or a number of ours"),
            )

    @property
    def actor(self) -> Actor:
        """The reader as the history will name them."""
        return Actor("staff", str(self.user.id), self.user.name or self.user.email)

    @property
    def rail(self) -> list[tuple[StrOrPromise, list[nav.Entry]]]:
        """The rail that this reader sees."""
        me, counts = self.actor.id, {}
        if "work.read" in self.permissions:
            counts["work"] = reading.waiting_for(me, kinds=visible_kinds(self.permissions))
        if "approval.decide" in self.permissions:
            counts["approvals"] = undecided_by_others(me)
        return nav.rail(self.brand.key, self.held, self.section, counts)

    @property
    def entrance(self) -> str:
        """The first screen that this reader may open."""
        return next((entries[0].url for _, entries in self.rail), nav.SCREENS[0].url(self.brand.key))

    @property
    def help(self) -> Help:
        """What the screens of this section are for."""
        return help_for(self.section)

    @property
    def keys(self) -> StrOrPromise:
        """What the keyboard does everywhere."""
        return GENERAL.text

    @property
    def guides(self) -> list[tuple[str, str]]:
        """The guides that go with this section, by name and title."""
        return [(name, guide_title(name)) for name in self.help.guides if guide_file(name)]

    @property
    def may(self) -> dict[str, bool]:
        """For templates: ``desk.may.customer_write``."""
        return {permission.replace(".", "_"): True for permission in self.permissions}


def is_contact(text: str) -> bool:
    """Whether a search for customers is by e-mail address or telephone number."""
    wanted = text.strip()
    return "@" in wanted or wanted.startswith("+")


class DeskRequest(HttpRequest):
    """A request that has passed the door."""

    desk: Desk


View = Callable[..., HttpResponse]


def desk_view(
    permission: str, *, section: str = "", write: str = "", own: bool = False, while_frozen: bool = False
) -> Callable[[View], View]:
    """Guard a screen: log in, know the brand, hold `permission` (and `write` for anything but reading).

    A reader who reaches only one dealer's customers and orders finds nothing else in any screen, and opens only
    screens of these that say, by `own`, that they show nothing else of the brand.

    A frozen brand is read only, apart from what says, by `while_frozen`, that it works then, too.

    The view is called as ``view(request, …)`` without the brand's key, inside the brand's scope and time zone.
    A refusal of a room (DomainError) becomes a page, or, after a submit, a message on the page one came from.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, brand: str, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _log_in(request)
            user = request.user
            known = Brand.objects.filter(key=brand).first()
            held, brands = access.held_among(user.id, brand) if known else (Held(), 0)
            if known is None or not held.permissions:
                return page_of(request, Kind.NOT_FOUND, gettext("There is no such brand, or you do not work for it."))
            if not serves(known):
                return page_of(
                    request,
                    Kind.UNAVAILABLE,
                    gettext("The database of %(brand)s is being brought to another release. Try again later.")
                    % {"brand": known.name},
                )
            changing = request.method not in {"GET", "HEAD", "OPTIONS"}
            if known.frozen and changing and not while_frozen:
                return page_of(
                    request,
                    Kind.FORBIDDEN,
                    gettext("%(brand)s is frozen: it can be looked at, but nothing can be changed.")
                    % {"brand": known.name},
                )
            needed = write if changing and write else permission
            decision = decide(held, needed)
            if isinstance(decision, Denied):
                return page_of(
                    request, Kind.FORBIDDEN, gettext("This needs the permission %(needed)s.") % {"needed": needed}
                )
            if known.second_factor and held.permissions & SENSITIVE and not is_mfa_enabled(user):
                return _ask_for_second_factor(request, known)
            bound = held.bound_to(needed)
            if bound is not None and not own and owned(needed):
                return page_of(
                    request, Kind.FORBIDDEN, gettext("This shows more than a dealer's own customers and orders.")
                )
            with brand_scope(brand), bound_to_dealer(bound), _in_its_zone() as (zone, profile):
                asked = cast("DeskRequest", request)
                asked.desk = Desk(known, user, held, section, zone, clock_state(), brands > 1)
                asked.desk.look = shown(brand, profile) if profile else None
                try:
                    return view(asked, **kwargs)
                except DomainError as refusal:
                    return _refused(asked, refusal, changing=changing)

        guarded.section = section  # type: ignore[attr-defined]  # read by the test that asks for the help of each screen
        guarded.permission = permission  # type: ignore[attr-defined]  # read by the test that walks every route
        guarded.own = own  # type: ignore[attr-defined]  # the same
        guarded.write_permission = write or permission  # type: ignore[attr-defined]  # the same
        return guarded

    return guard


def staff_view(view: View) -> View:
    """Guard a screen that belongs to no brand: one only has to be logged in."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return view(request, **kwargs) if request.user.is_authenticated else _log_in(request)

    guarded.permission = ""  # type: ignore[attr-defined]  # read by the test that walks every route
    return guarded


@contextmanager
def _in_its_zone() -> Iterator[tuple[ZoneInfo, BrandProfile | None]]:
    """Show times as the current brand's clocks on the wall do."""
    try:
        profile = catalog.published().brand
        zone = profile.zone
    except NothingPublished:
        profile, zone = None, BEFORE_A_CATALOGUE
    with timezone.override(zone):
        yield zone, profile


def need(request: DeskRequest, permission: str) -> None:
    """Ask for one more permission inside a screen. Raises NotAllowed."""
    if permission not in request.desk.permissions:
        raise NotAllowed(
            gettext("this needs the permission %(permission)s") % {"permission": permission},
            field="permission",
            value=permission,
        )


def _log_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    return redirect_to_login(request.get_full_path())


def _ask_for_second_factor(request: HttpRequest, brand: Brand) -> HttpResponse:
    text = gettext("%(brand)s asks for a second factor of whoever moves money or unmasks. Set one up here, then go on.")
    messages.warning(request, text % {"brand": brand.name})
    return redirect("mfa_index")


def _refused(request: DeskRequest, refusal: DomainError, *, changing: bool) -> HttpResponse:
    if changing and refusal.kind is not Kind.NOT_FOUND:
        messages.error(request, sentence(refusal))
        return back(request)
    return page_of(request, refusal.kind, sentence(refusal), refusal.code)


def sentence(refusal: DomainError) -> str:
    """The refusal as a sentence for people, with what would be right where the room says so."""
    problems = getattr(refusal, "problems", ())
    parts = [(problem.message, problem.expected) for problem in problems] or [(refusal.message, refusal.expected)]
    text = "; ".join(
        gettext("%(message)s (expected: %(expected)s)") % {"message": message, "expected": expected}
        if expected
        else message
        for message, expected in parts
    )
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def back(request: HttpRequest) -> HttpResponseRedirect:
    """Send the reader to the page they came from, if it is one of ours, else to this address."""
    came_from = request.headers.get("Referer", "")
    ours = came_from.startswith(f"{request.scheme}://{request.get_host()}/")
    # The whole address: its path alone could begin with two slashes, which would name another host.
    return redirect(came_from if ours else request.path)
