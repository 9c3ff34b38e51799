/* Have the database load native code, or a language that may do anything.

Happens: what is no extension of PostgreSQL's is not loaded, and no such language is there.
Answer: refused refused refused refused refused
*/
\set QUIET on
\pset tuples_only on
\pset format unaligned
CREATE TEMPORARY TABLE tried (number serial, answer text);
DO $$
DECLARE command text;
BEGIN
  FOREACH command IN ARRAY ARRAY[
    'CREATE FUNCTION call(bigint) RETURNS bigint AS ''libc.so.6'', ''syscall'' LANGUAGE C',
    'LOAD ''libc.so.6''',
    'CREATE EXTENSION plpython3u', 'CREATE EXTENSION plperlu', 'CREATE EXTENSION pltclu'
  ] LOOP
    BEGIN
      EXECUTE command;
      INSERT INTO tried (answer) VALUES (command);
    EXCEPTION WHEN OTHERS THEN INSERT INTO tried (answer) VALUES ('refused');
    END;
  END LOOP;
END $$;
SELECT string_agg(answer, ' ' ORDER BY number) FROM tried;
