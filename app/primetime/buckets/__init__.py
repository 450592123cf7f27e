"""Files that are kept outside the database, in a bucket that speaks S3."""
