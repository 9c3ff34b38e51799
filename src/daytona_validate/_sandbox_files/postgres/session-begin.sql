-- Before the script: from here on all is as if it was alone in its session.
\! rm -f .earlier-*.sql
select round((extract(epoch from clock_timestamp()) - :session_started)::numeric, 3)
    as session_elapsed \gset
\o
\echo
\echo session :session_seal {"begins": true}
\warn session :session_seal {"begins": true, "elapsed_s": :session_elapsed }
\unset session_started
\unset session_elapsed
\unset session_seal
\set ON_ERROR_STOP on
