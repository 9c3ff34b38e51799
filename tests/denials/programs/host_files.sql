/* Read files of the host: users and passwords, home folders, logs, devices, the kernel's settings.

Happens: none of them is there.
Answer: []
*/
\set QUIET on
\pset tuples_only on
\pset format unaligned
CREATE TEMPORARY TABLE found (place text);
DO $$
DECLARE place text;
BEGIN
  FOREACH place IN ARRAY ARRAY['/etc/shadow', '/dev/mem', '/proc/1/root/root/.bashrc'] LOOP
    BEGIN
      IF length(pg_read_binary_file(place, 0, 1)) > 0 THEN INSERT INTO found VALUES (place); END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    BEGIN
      PERFORM lo_import(place);
      INSERT INTO found VALUES ('large object of ' || place);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    BEGIN
      CREATE TEMPORARY TABLE copied (line text);
      EXECUTE format('COPY copied FROM %L', place);
      INSERT INTO found VALUES ('copy of ' || place);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOREACH place IN ARRAY ARRAY['/root', '/home', '/var/log', '/sys', '/boot', '/mnt', '/srv'] LOOP
    BEGIN
      INSERT INTO found SELECT place FROM pg_ls_dir(place) LIMIT 1;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
END $$;
SELECT '[' || coalesce(string_agg(place, ' '), '') || ']' FROM found;
