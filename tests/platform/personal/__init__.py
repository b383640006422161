"""Tests of personal values."""
