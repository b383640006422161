"""SMS over SMPP 3.4: the session with the centre, the segments, the receipts."""
