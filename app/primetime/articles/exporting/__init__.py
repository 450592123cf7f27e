"""Articles in the formats that spreadsheets and reference managers read, streamed: any number in bounded memory."""
