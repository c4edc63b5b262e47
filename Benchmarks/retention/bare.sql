create or replace procedure bare() language plpgsql as $$
begin
    loop
        delete from twitter_data where ctid = any (array(
            select ctid from twitter_data where deleted_at < now() - interval '30 days' limit 10000));
        exit when not found;
        commit;
    end loop;
end $$;
call bare();
