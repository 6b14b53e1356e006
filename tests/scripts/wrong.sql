-- Run by run_script.test.
SHOW STREAMS;
SELECT id,
  nothing FROM s EMIT CHANGES;
