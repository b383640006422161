"""Credit control over Diameter (RFC 8506; Gy and Ro of TS 32.299): what is asked, and what is answered."""
