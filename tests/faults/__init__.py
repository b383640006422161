"""What happens when processes die: real ones, killed for real."""
