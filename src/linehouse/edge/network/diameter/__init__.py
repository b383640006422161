"""Diameter: the base protocol (RFC 6733), credit control (RFC 8506: Gy, Ro) and spending limits (Sy). No Django.

The charging process starts it (`listener.Listener`) on LINEHOUSE_DIAMETER_PORT, which follows LINEHOUSE_PORT by 7, and
over TLS on LINEHOUSE_DIAMETER_TLS_PORT when there is a certificate. Its identity is LINEHOUSE_DIAMETER_HOST; what
stands behind the first dot of it is its realm, ``linehouse.invalid`` by default. Unknown peers are denied (3010)::

    linehouse diameter peer allow pgw1.epc.example --brand robin
    linehouse diameter peer allow '*.load.example'
    linehouse diameter realm serve ocs.example --brand robin --service 32251:failure=continue

A charging node follows within two seconds. In a test, `allow_peer` of `platform.access.diameter` does the same, and
`Listener(node, control, Places("127.0.0.1", 0, host))` with ``await refresh()`` and ``await listen()`` serves on
``listener.port``.

Pure are the tables (`avps_base`, `avps_credit`, `avps_3gpp`), `codec`, `machine`, `watchdog`, `capabilities`,
`answering` and everything in `credit` but its handler and its reach. `link`, `association` and `server` are the
transport; `houses` reads what is configured.
"""
