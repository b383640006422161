"""Address that a host network is given as its callback."""

from django.urls import path

from linehouse.edge.network.tmf640.listener import notified

urlpatterns = [path("network/tmf640/listener", notified, name="tmf640-listener")]
