/* Reach other databases: `dblink`, `postgres_fdw`.

Happens: there is no network to reach one by.
Answer: nobody
*/
\set QUIET on
\pset tuples_only on
\pset format unaligned
CREATE TEMPORARY TABLE reached (way text);
DO $$
BEGIN
  BEGIN
    CREATE EXTENSION dblink;
    PERFORM * FROM dblink('host=10.0.0.1 connect_timeout=2', 'SELECT 1') AS t(n int);
    INSERT INTO reached VALUES ('dblink');
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
  BEGIN
    CREATE EXTENSION postgres_fdw;
    CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '10.0.0.1');
    CREATE USER MAPPING FOR CURRENT_USER SERVER other;
    CREATE FOREIGN TABLE there (n int) SERVER other;
    PERFORM * FROM there;
    INSERT INTO reached VALUES ('postgres_fdw');
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
END $$;
SELECT coalesce(string_agg(way, ' '), 'nobody') FROM reached;
