"""The structured invoice of EN 16931-1 in the CII syntax: written, validated and checked before it leaves the house."""
