-- What is sealed cannot be compressed, and most of it is smaller than a page: it stays in its row.
ALTER TABLE incident_version SET (toast_tuple_target = 8160);
ALTER TABLE resolution SET (toast_tuple_target = 8160);
