"""What every room stands on: databases, settings, clocks, jobs, documents, telemetry."""
