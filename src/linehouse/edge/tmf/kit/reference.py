"""The reference page of the APIs, made from their declarations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from linehouse.edge.tmf.kit.declaration import ROOT, Api, Resource
from linehouse.edge.tmf.kit.once import RETENTION
from linehouse.edge.tmf.kit.query import DEFAULT_LIMIT, MAX_DEPTH, MAX_LIMIT
from linehouse.edge.tmf.kit.sending import MAX_ATTEMPTS

_CONVENTIONS = f"""
Every API answers at `{ROOT}/<api>/v4/…` on the brand's host name, and on the house's own host for whatever brand
the token belongs to. `{ROOT}/` lists them; each describes itself at `{ROOT}/<api>/v4/openapi.json`, without a token.

## Conventions

- **Access.** `Authorization: Bearer <token>` of an API client, by [OAuth 2.0](../how-to/connect-a-program.md).
  Its brand must be the host's. Without a valid token 401, without the permission 403. The permissions are those
  of the desk's roles. An attribute of a [field group](permissions.md) that the client does not see is left out,
  or shows a mask; to filter or sort by one is 403 naming it, code `access.field_hidden`. What is another
  dealer's is 404 for a dealer's client. Beyond its rate or quota a client gets 429 with `Retry-After`.
- **Representations.** `id`, `href` (absolute) and `@type` are always there. Amounts are exact JSON numbers,
  instants are UTC, calendar days are their midnight. What is not known is left out, never null.
- **Fields.** `fields=a,b.c` selects, JSONPath too, `fields=none` leaves `id`, `href` and `@type`; also on POST and
  PATCH. `expand=path` and `depth=N` ({MAX_DEPTH} at most) put what is referred to in place, as far as the client may
  read it.
- **Pages.** `offset` and `limit` ({DEFAULT_LIMIT} without one, {MAX_LIMIT} at most), or `Range: items=0-9`;
  `X-Total-Count`, `X-Result-Count` and `Link`. The status is 206 only when a page was asked for and more exists;
  a range that begins behind the end is 416.
- **Order.** `sort=-date,+name.child`, JSONPath too; what lacks the attribute comes last.
- **Conditions.** `attr=value` ANDed; alternatives by a comma, a semicolon or the name again; suffixes `.ne .gt .gte
  .lt .lte .eq .regex` or the signs `!= > >= < <= *=`, encoded or not; dotted paths, any element of a list; quotes
  around a value are not part of it; `characteristic.<name>=value`. `filter=` is JSONPath (RFC 9535, and `=~`): what it
  finds something in is answered; `filter=[?(…)]` tests the resource itself. Dates compare as instants, numbers by
  value. An unknown attribute is 400, what JSONPath has and is not offered is 501. Attributes named below as
  *searched* are decided in the database; the others look through a bounded number of things and answer 422 beyond
  it. Regular expressions have no back references and no look-around.
- **POST.** An attribute that is not kept is 400, code `tmf.unknown_attribute`, with a pointer; nothing is dropped in
  silence. `@type`, `@baseType` and `@schemaLocation` may stand anywhere; an unknown `@type` is refused. `href`, `name`
  and `version` beside an `id` may be echoed.
- **PATCH.** `application/json` or `application/merge-patch+json` (RFC 7396), `application/json-patch+json` (RFC
  6902), `application/json-patch-query+json`: as the former, the path may be JSONPath, or a pointer without positions
  and with conditions (`/item/quantity?item.id=1`). An attribute that cannot be changed is 422 unless it has that value
  already. A test that does not hold, or a place that is not there, is 409.
- **Entity tags.** `ETag` is strong, made from the representation as the client sees it. `If-None-Match` on GET
  answers 304, `If-Match` on PATCH and DELETE 412.
- **Once.** `Idempotency-Key` on POST: the same key with the same body has one effect and one answer (marked
  `Idempotent-Replayed: true`), with another body 422. Keys are the client's own and kept {RETENTION.days} days.
  Where a body has an `externalId`, it works alike, with 409.
- **Errors.** The `Error` body of the specifications: `code` is stable ([errors](errors.md)), `reason` the status's
  name, `message` a sentence, and, as our extension, `field` a JSON pointer (or a parameter's name) and `problem`
  each of several problems. 405 names the methods in `Allow`, 415 the types in `Accept-Patch`.

## Events

`POST /hub` with `callback` and, optionally, `query` registers a listener; `GET /hub`, `GET /hub/{{id}}`, `PATCH
/hub/{{id}}` (`state`: paused, active) and `DELETE /hub/{{id}}` look after the client's own. `query` selects
(`eventType=ProductOrderStateChangeEvent&productOrder.state=held`, `filter=` too) and shrinks
(`fields=productOrder.state`). A listener hears what happened after it registered, of resources that its client may
read, in order for each resource; `POST /hub/{{id}}/replay` tells a part of the log again. The same log is at
`{ROOT}/event/v4/topic` (TMF688). [How to listen](../how-to/listen-to-events.md).

The callback must be HTTPS on a public host. It gets a POST, or, when it ends in `/listener`, a POST below it at the
event's name (`/listener/productOrderCreateEvent`). Any 2xx takes the notification; otherwise it comes again with
growing pauses, {MAX_ATTEMPTS} times, and later ones of the same resource wait; then it lies with people. `eventId`
stays the same, so a repetition can be told. The resource in `event` is as it stands when the notification is made.

`X-Linehouse-Signature: t=<seconds>,v1=<hex>` is HMAC-SHA-256 over `<seconds>.<body>` by the `signingKey` that the
answer to `POST /hub` tells once. Compare it in constant time and refuse a `t` that is minutes old.
`X-Linehouse-Position` is the event's place in the log. With `authorization` in `POST /hub` we get a token of the
listener's own (OAuth 2.0 client credentials) and send it along.

## Where the published files are wrong

- Product status: the enum has `aborted` with a space behind it; that is what is answered.
- Individual status: the enum has `deceaded`; that is what is answered and taken.
- Events have `timeOcurred`, spelled so.
- TMF639 wants `id` and `href` in a POST body; there is none here, stock comes in deliveries.
- TMF676 is published at `/payment/v4/`; here it is at `{ROOT}/payment/v4/`.
- TMF678 has a hub and names no events; ours have the names of version 5.
"""


def page(apis: Sequence[Api], note: str = "") -> str:
    """The page as Markdown; ``note`` says by what it was made."""
    lines = ["# TM Forum Open APIs", "", *([note, ""] if note else []), *_CONVENTIONS.strip().splitlines(), ""]
    lines += ["## APIs", "", "| API | address | resources |", "| --- | --- | --- |"]
    for api in apis:
        names = ", ".join(f"`{resource.name}`" for resource in api.resources)
        lines.append(f"| {api.number} {api.title} | `{ROOT}/{api.path}/v4` | {names} |")
    for api in apis:
        lines += ["", f"### {api.number} {api.title}"]
        for resource in api.resources:
            lines += ["", *_resource(resource)]
        for name, why in api.absent.items():
            lines += ["", f"#### `{name}`", "", f"Not implemented (501): {why}."]
    return "\n".join(lines)


def _resource(resource: Resource[Any]) -> Iterator[str]:
    yield f"#### `{resource.name}`"
    yield ""
    yield f"{resource.description}."
    yield ""
    yield f"- GET: permission `{resource.read}`"
    if resource.narrows:
        yield "- searched: " + ", ".join(f"`{name}`" for name in resource.narrows)
    if resource.create:
        fields = msgspec.structs.fields(resource.create.body)
        mandatory = ", ".join(f"`{field.encode_name}`" for field in fields if field.required)
        others = ", ".join(f"`{field.encode_name}`" for field in fields if not field.required)
        yield f"- POST: permission `{resource.write}`; mandatory {mandatory}" + (f"; kept {others}" if others else "")
    if resource.patch:
        names = ", ".join(f"`{name}`" for name in resource.patch.body.__struct_encode_fields__)
        yield f"- PATCH: permission `{resource.write}`; changes {names}"
    if resource.delete:
        yield f"- DELETE: permission `{resource.write}`"
    for method, why in resource.refused.items():
        yield f"- {method}: refused (405), {why}"
    if resource.events:
        kinds = dict.fromkeys(mapping.kind for mapping in resource.events)
        yield "- events: " + ", ".join(f"`{kind}`" for kind in kinds)
    attributes = ", ".join(f"`{name}`" for name in resource.representation.__struct_encode_fields__)
    yield f"- attributes: {attributes}"
