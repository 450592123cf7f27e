"""E-mail: what is new in saved searches, to those who asked for it."""
