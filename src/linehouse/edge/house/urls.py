"""Addresses of our own API."""

from django.urls import path

from linehouse.edge.house import circles, limits, views

urlpatterns = [
    path("house/v1/clock", views.clock, name="house-clock"),
    path("house/v1/clock/advance", views.advance_clock, name="house-clock-advance"),
    path("house/v1/verification", views.verification, name="house-verification"),
    path("house/v1/lines/<str:number>/friends", circles.friends, name="house-friends"),
    path("house/v1/lines/<str:number>/friends/remove", circles.friend_removal, name="house-friend-removal"),
    path("house/v1/lines/<str:number>/limits", limits.limits, name="house-limits"),
    path("house/v1/lines/<str:number>/limits/bars", limits.bars, name="house-bars"),
    path("house/v1/lines/<str:number>/limits/agreements", limits.agreements, name="house-agreements"),
    path("house/v1/groups", circles.groups, name="house-groups"),
    path("house/v1/groups/<str:key>", circles.group, name="house-group"),
    path("house/v1/groups/<str:key>/members", circles.members, name="house-members"),
    path("house/v1/groups/<str:key>/members/remove", circles.member_removal, name="house-member-removal"),
]
