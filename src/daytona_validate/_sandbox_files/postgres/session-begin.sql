-- Before the script: from here on all is as if it was alone in its session.
\! rm -f .earlier-*.sql
select round((extract(epoch from clock_timestamp()) - :session_started)::numeric, 3)
    as session_elapsed \gset
\o
\echo
\unset session_started
