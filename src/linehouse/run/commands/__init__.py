"""The commands of the `linehouse` command line, one module for each; each module's `command` is a click command."""

COMMANDS = {
    "run": "run",
    "stop": "stop",
    "status": "status",
    "brand": "brand",
    "client": "client",
    "catalog": "catalog",
    "customer": "customer",
    "characteristic": "characteristic",
    "import": "import_files",
    "order": "order",
    "usage": "usage",
    "rate": "rate",
    "bill": "bill",
    "payment": "payment",
    "work": "work",
    "approval": "approval",
    "clock": "clock",
    "verify": "verify",
    "backup": "backup",
    "restore": "restore",
    "drill": "drill",
    "demo": "demo",
    "test": "test",
    "dev": "dev",
}
"""Command to module, in the order in which help lists them. What is not listed here does not exist."""
