/* Leaves what a script can leave for the next (`plant=1`), or looks for it (`look=1`). */
\set QUIET on
\pset tuples_only on
\pset format unaligned
\if :{?plant}
  CREATE DATABASE planted;
  CREATE ROLE planted SUPERUSER LOGIN PASSWORD 'planted';
  ALTER ROLE CURRENT_USER SET search_path = planted;
  ALTER DATABASE template1 SET search_path = planted;
  ALTER SYSTEM SET archive_command = 'planted';
  CREATE TABLE planted (line text);
  CREATE SCHEMA planted_schema;
  CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1';
  SELECT lo_from_bytea(4711, 'planted') \g /dev/null
  COPY (SELECT 'planted') TO '/tmp/planted';
  COPY (SELECT 'planted') TO '/work/planted.sql';
  COPY (SELECT '\echo planted') TO PROGRAM 'cat >"${HOME:-/work}/.psqlrc"';
  COPY (SELECT 'planted') TO PROGRAM 'cat >>"$PGDATA/pg_hba.conf" || cat >>pg_hba.conf';
  \echo planted
\endif
\if :{?look}
  SELECT 'a database' FROM pg_database WHERE datname = 'planted';
  SELECT 'a role' FROM pg_roles WHERE rolname = 'planted';
  SELECT 'a setting of a role' FROM pg_db_role_setting WHERE setrole <> 0;
  SELECT 'a setting of a database' FROM pg_db_role_setting WHERE setdatabase <> 0;
  SELECT 'a setting of all' FROM pg_file_settings WHERE setting = 'planted';
  SELECT 'a table' FROM pg_class WHERE relname = 'planted';
  SELECT 'a schema' FROM pg_namespace WHERE nspname = 'planted_schema';
  SELECT 'a function' FROM pg_proc WHERE proname = 'planted';
  SELECT 'a large object' FROM pg_largeobject_metadata;
  SELECT 'a file ' || name FROM unnest(ARRAY['/tmp/planted', '/work/planted.sql']) AS name
  WHERE (pg_stat_file(name, true)).size IS NOT NULL;
  SELECT 'a rule of who may come' FROM pg_hba_file_rules WHERE error IS NOT NULL;
\endif
