"""What charging is tested with: a prepaid line with 5.00 and an allowance, a network function, nodes as processes."""

from tests.edge.network.nchf.conftest import contract, line, node, smf

__all__ = ["contract", "line", "node", "smf"]
