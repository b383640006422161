"""Addresses of the desk: ``/`` chooses a brand, ``/b/<brand>/…`` are the brand's screens."""

from django.urls import include, path

from linehouse.edge.desk.views import clock, home, operations, search

app_name = "desk"

brand_screens = [
    path("search", search.page, name="search"),
    path("palette", search.palette, name="palette"),
    path("clock", clock.clock, name="clock"),
    path("clock/progress", clock.progress, name="clock_progress"),
    path("events", operations.events, name="events"),
    path("events/<uuid:event_id>", operations.event, name="event"),
    path("jobs", operations.jobs, name="jobs"),
    path("jobs/<uuid:job_id>", operations.job, name="job"),
    path("jobs/<uuid:job_id>/move", operations.job_move, name="job_move"),
    path("staff", operations.staff, name="staff"),
    path("about", operations.about, name="about"),
]

urlpatterns = [
    path("", home.brands, name="home"),
    path("theme", home.theme, name="theme"),
    path("b/<slug:brand>/", include(brand_screens)),
]
