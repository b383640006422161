"""The charging process's 5G door (3GPP TS 32.291): sessions and events of network functions. Imports no Django."""

from linehouse.edge.network.nchf.charging import BASE, KIND, create, release, update
from linehouse.edge.network.nchf.http import Asked, Told, problem_told
from linehouse.edge.network.nchf.options import Options, trusted_from
from linehouse.edge.network.nchf.problems import Cause, Problem
from linehouse.edge.network.nchf.reach import Notifier

__all__ = [
    "BASE",
    "KIND",
    "Asked",
    "Cause",
    "Notifier",
    "Options",
    "Problem",
    "Told",
    "create",
    "problem_told",
    "release",
    "trusted_from",
    "update",
]
