"""Tests of customer."""
