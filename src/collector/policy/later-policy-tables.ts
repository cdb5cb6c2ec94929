/** What came to the policy later: version 13 of the store. */
export const LATER_POLICY_TABLES = `
-- A TimetableTold; null where boxes go by their own files.
ALTER TABLE policy_version ADD COLUMN timetable TEXT;
-- The TimetableState that a box told last.
ALTER TABLE policy_box ADD COLUMN timetable TEXT;
-- 1 where a request was granted, 0 where it was refused. Of older ones the reason of the version tells, which quotes the request.
ALTER TABLE unblock_decision ADD COLUMN granted INTEGER;
UPDATE unblock_decision SET granted = EXISTS (SELECT 1 FROM policy_version
  WHERE policy_version.tenant_id = unblock_decision.tenant_id
    AND policy_version.why GLOB 'Asked for as ' || unblock_decision.request || ': *');
`
