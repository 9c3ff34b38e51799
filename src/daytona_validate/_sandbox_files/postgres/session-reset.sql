\if :{?DBNAME} \\ \else \\ \connect "dbname=postgres" \\ \endif
-- That is the first line, as psql reads no further while it is not connected.
-- After an earlier script: what would only spoil the next is put right, and all else stays as the
-- script left it, its database, settings and variables. What this says itself is nobody's.
\o /dev/null
\set ECHO none
\set AUTOCOMMIT on
\set ON_ERROR_STOP off
\set ON_ERROR_ROLLBACK off
\set SINGLELINE off
\set SINGLESTEP off
\set VERBOSITY default
commit;
reset role;
reset session authorization;
reset statement_timeout;
reset lock_timeout;
reset default_transaction_read_only;
-- Names are found where the script wanted them, and still where they are without it.
select set_config('search_path', current_setting('search_path') || ', public', false)
where current_setting('search_path') !~ '\mpublic\M';
