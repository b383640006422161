"""``{% load characteristics %}``: the card with an object's characteristics, on any page."""

from typing import Any
from uuid import UUID

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.translation import get_language

from linehouse.platform.characteristics import service
from linehouse.platform.characteristics.entities import entity

register = template.Library()


@register.inclusion_tag("desk/characteristics_card.html", takes_context=True)
def characteristics_card(context: Context, kind: str, object_id: UUID, name: str) -> dict[str, Any]:
    """The values of an object, and the way to change them; nothing where the brand has declared none."""
    request = context["request"]
    specs = service.declared(kind, retired=False)
    held = {one.spec.key: one for one in service.values_of(kind, object_id)}
    known = entity(kind)
    permissions = request.desk.permissions
    language = get_language() or ""
    hidden = "personal.unmask" not in permissions
    rows = [
        (spec.label_in(language), held.get(spec.key), spec.personal and hidden)
        for spec in [*specs, *(one.spec for one in held.values() if one.spec.retired)]
    ]
    may_change = bool(specs) and known is not None and known.write in permissions
    return {
        "request": request,
        "rows": rows,
        "url": reverse(f"desk:values_of_{kind}", args=(request.desk.brand.key, name)) if may_change else "",
    }
