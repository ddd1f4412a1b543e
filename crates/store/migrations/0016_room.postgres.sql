-- Rows that every incident changes once or twice soon after they were written: with room beside them the new version
-- stays on its page, and no index is written again (heap-only tuples).
ALTER TABLE incident SET (fillfactor = 50);
ALTER TABLE notification SET (fillfactor = 50);
ALTER TABLE attempt SET (fillfactor = 50);
