"""The database: the one place that opens a connection, the migrations, the named queries."""
