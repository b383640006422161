"""The charging process's 5G door (3GPP TS 32.291): sessions and events of network functions. Imports no Django."""

from linehouse.edge.network.nchf.charging import BASE, KIND, create, release, update
from linehouse.edge.network.nchf.http import Asked, Told, problem_told
from linehouse.edge.network.nchf.limits import LIMITS, modify, subscribe, tell_policies, unsubscribe
from linehouse.edge.network.nchf.options import Options, trusted_from
from linehouse.edge.network.nchf.problems import Cause, Problem
from linehouse.edge.network.nchf.reach import Notifier

__all__ = [
    "BASE",
    "KIND",
    "LIMITS",
    "Asked",
    "Cause",
    "Notifier",
    "Options",
    "Problem",
    "Told",
    "create",
    "modify",
    "problem_told",
    "release",
    "subscribe",
    "tell_policies",
    "trusted_from",
    "unsubscribe",
    "update",
]
