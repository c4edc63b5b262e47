-- :entries entries in :chains chains, round by round: the next entry of every chain, as a busy product writes them. Each is hashed by
-- the functions that audit_append_many uses. Of the indexes only the one that verification reads by is kept.
alter table audit_log drop constraint if exists audit_log_pkey;
drop index if exists audit_log_chain, audit_log_by_user, audit_log_by_time, audit_log_by_transaction;
insert into audit_heads (user_id, position, hash) select 'user-' || n, 0, '' from generate_series(1, :chains) as n;

create temporary table fill_0 as select chain, user_id, position, hash from audit_heads;
create procedure pg_temp.fill(p_rounds integer) language plpgsql as
$$
begin
    for v_round in 1 .. p_rounds loop
        execute format($fill$
            create temporary table fill_%s as
            with linked as materialized (
                select chain, user_id, position + 1 as position, hash as prev_hash, gen_random_uuid()::text as id,
                    gen_random_uuid() as salt, clock_timestamp() as at, 'repazoo-ingest' as actor, 'ingest' as action,
                    'done' as outcome, '{"message_id": "0f3d3c6e-7f0c-4bb1-8d64-6f9d8a1f2c11", "pages": 2, "tweets": 137}'::jsonb as detail
                from fill_%s
            ), committed as materialized (
                select *, audit_commitment(salt, user_id, detail) as commitment from linked
            ), hashed as materialized (
                select *, audit_hash(prev_hash, chain, position, id, at, actor, action, outcome, commitment) as hash from committed
            ), stored as (
                insert into audit_log (
                    id, at, actor, user_id, action, outcome, detail, prev_hash, hash, position, chain, salt, commitment, xact)
                select id, at, actor, user_id, action, outcome, detail, prev_hash, hash, position, chain, salt, commitment,
                    pg_current_xact_id()::text::bigint
                from hashed
            )
            select chain, user_id, position, hash from hashed
            $fill$, v_round, v_round - 1);
        execute format('drop table fill_%s', v_round - 1);
        commit;
    end loop;
    execute format(
        'update audit_heads set position = fill.position, hash = fill.hash from fill_%s as fill where audit_heads.chain = fill.chain',
        p_rounds);
end
$$;
call pg_temp.fill((:entries / :chains)::integer);
create unique index audit_log_chain on audit_log (chain, position);
analyze audit_log, audit_heads;
