"""Addresses of our own API."""

from django.urls import path

from linehouse.edge.house import views

urlpatterns = [
    path("house/v1/clock", views.clock, name="house-clock"),
    path("house/v1/clock/advance", views.advance_clock, name="house-clock-advance"),
    path("house/v1/verification", views.verification, name="house-verification"),
]
