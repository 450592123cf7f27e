"""The articles' stored vectors: encoding what is new or changed, and finding the nearest."""
