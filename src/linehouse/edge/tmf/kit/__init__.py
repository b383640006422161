"""The TM Forum conventions (TMF630), written once for every Open API of the edge."""
