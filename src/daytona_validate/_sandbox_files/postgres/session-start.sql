select extract(epoch from clock_timestamp()) as session_started \gset
\o /dev/null
