"""Emergency slips 应急单: numbered paper for the counter while the database is away, entered afterwards."""
