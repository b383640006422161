"""Tests of party."""
