"""The pages for what went wrong before or outside a screen."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext

from linehouse.edge.desk.refusals import error_page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request cannot be read."""
    del exception  # its text may repeat what an attacker sent
    return error_page(request, 400, gettext("That cannot be read"), gettext("The request was malformed."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: refused by Django itself, not by a permission of ours."""
    del exception
    return error_page(request, 403, gettext("Not for you"), gettext("You may not see this page."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address."""
    del exception
    return error_page(
        request,
        404,
        gettext("Not found"),
        gettext("There is nothing at this address. It may have moved, or never existed."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a defect. Rendered without the request, because whatever failed may fail again."""
    del request
    text = gettext("Something went wrong on our side. Nothing was half done: what was not confirmed has not happened.")
    return HttpResponse(
        render_to_string("ui/error.html", {"code": 500, "title": gettext("That is our fault"), "text": text}),
        status=500,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old, most often after logging in again in another tab."""
    del reason
    return error_page(
        request,
        403,
        gettext("This form is too old"),
        gettext("You have logged in again since it was opened. Go back, reload the page, and send it once more."),
    )
