-- What the resolver saw when it looked at a held child again and had to decide the same: a person goes on with that, and the
-- decision stays as it was made.
ALTER TABLE resolution ADD COLUMN sealed_seen BYTES;
