"""Fixed paths, paths with a reference, and which processes a lineup has."""

from __future__ import annotations

from pathlib import Path

from linehouse.platform.settings import Settings
from linehouse.run.charging_routes import Routes
from linehouse.run.home import Home
from linehouse.run.lineup import lineup


def test_paths_are_found_by_method_and_reference():
    routes = Routes({("GET", "/a"): 1, ("POST", "/a/{reference}/b"): 2, ("PUT", "/a/{reference}"): 3})
    found = {
        place: routes.find(*place)
        for place in (
            ("GET", "/a"),
            ("POST", "/a"),
            ("POST", "/a/x.1/b"),
            ("PUT", "/a/x.1"),
            ("PUT", "/a/"),
            ("POST", "/a/x/y/b"),
            ("POST", "/b/x/b"),
        )
    }
    told = {place: (one.handler, one.reference) if one is not None else None for place, one in found.items()}
    assert list(told.values()) == [(1, ""), None, (2, "x.1"), (3, "x.1"), None, None, None]
    assert [routes.methods(path) for path in ("/a", "/a/x/b", "/a/x", "/c")] == [["GET"], ["POST"], ["PUT"], []]


def test_a_process_with_tls_runs_where_a_port_was_set(tmp_path: Path) -> None:
    def names(port: int) -> list[str]:
        return [child.name for child in lineup(Settings(home=tmp_path, charging_tls_port=port), Home(tmp_path))]

    assert "charging-tls" not in names(0)
    assert names(8443).count("charging-tls") == 1
